"""Loads a finished dataset and its exports each way that users do, decodes every picture, and compares every value with what pyarrow
reads from the shards, and the shards with the manifest.

    tools/oracle/load.sh sample

Prints one JSON object; exits with 1 when anything differs.
"""
import glob
import hashlib
import io
import json
import os
import sys
import tempfile
from importlib.metadata import version

import datasets
import duckdb
import mlcroissant
import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet  # noqa: F401
import webdataset
from PIL import Image

splits = ("train", "validation")
formats = ("parquet", "webdataset", "imagefolder", "hf-disk")


def pixels(image):
    """What stands for a picture: its size and the hash of its decoded pixels."""
    if isinstance(image, dict):
        image = image["bytes"]
    if isinstance(image, (bytes, bytearray, memoryview)):
        image = Image.open(io.BytesIO(image))
    image = image.convert("RGB")
    return image.size, hashlib.sha256(image.tobytes()).hexdigest()


def plain(value):
    """Numbers of one kind: a float32 column comes back as a float64 from JSON."""
    return float(np.float32(value)) if isinstance(value, float) else value


def normal(row, columns):
    return {name: pixels(row[name]) if name == "image" else plain(row[name]) for name in columns}


class Ways:
    """The rows of the shards by key, and how each way of loading compares with them."""

    def __init__(self, reference):
        self.reference = reference
        self.ways = {}
        self.problems = []

    def compare(self, way, rows_of_split, ordered=True):
        counts = {}
        for split in splits:
            wanted = self.reference[split]
            keys = []
            for row in rows_of_split(split):
                keys.append(row["key"])
                expected = wanted.get(row["key"])
                if expected is None:
                    self.problems.append(f"{way}, {split}: {row['key']} is not in the shards")
                    continue
                columns = [name for name in expected if name in row]
                got = normal(row, columns)
                for name in columns:
                    if got[name] != expected[name]:
                        self.problems.append(f"{way}, {split}, {row['key']}: {name} is {got[name]!r}, expected {expected[name]!r}")
            if ordered and keys != list(wanted):
                self.problems.append(f"{way}, {split}: not the rows in their order")
            elif sorted(keys) != sorted(wanted):
                self.problems.append(f"{way}, {split}: not every row once")
            counts[split] = len(keys)
        self.ways[way] = counts


def read_reference(folder, manifest, problems):
    """Every row, by pyarrow, with each shard's bytes and rows checked against the manifest."""
    reference = {split: {} for split in splits}
    for part in manifest["parts"]:
        entry = part["files"]["shard"]
        path = os.path.join(folder, entry["name"])
        content = open(path, "rb").read()
        if len(content) != entry["bytes"] or hashlib.sha256(content).hexdigest() != entry["sha256"]:
            problems.append(f"{entry['name']}: not the manifest's bytes")
        table = pa.ipc.open_stream(content).read_all()
        table.validate(full=True)
        if table.num_rows != part["rows"]:
            problems.append(f"{entry['name']}: {table.num_rows} rows, expected {part['rows']}")
        split = part["part"].split("-")[0]
        for row in table.to_pylist():
            if row["key"] in reference[split]:
                problems.append(f"{entry['name']}: {row['key']} occurs twice")
            picture = pixels(row["image"])
            if picture[0] != (row["width"], row["height"]):
                problems.append(f"{row['key']}: picture of {picture[0]}, columns say {row['width'], row['height']}")
            if not row["caption_en"] or (not row["caption_es"] and "empty" not in row["translation_flags"]):
                problems.append(f"{row['key']}: empty caption")
            reference[split][row["key"]] = normal(row, list(row))
    return reference


def paths(folder, split, extension):
    return sorted(glob.glob(os.path.join(folder, f"{split}-*.{extension}")))


def image_feature(way, dataset, problems):
    if not isinstance(dataset.features["image"], datasets.Image):
        problems.append(f"{way}: image is {dataset.features['image']}")
    return dataset


def webdataset_rows(path_list):
    for sample in webdataset.WebDataset(path_list, shardshuffle=False, empty_check=False):
        yield {**json.loads(sample["json"]), "image": sample["jpg"], "caption_es": sample["txt"].decode("utf8")}


def validate_croissant(folder):
    """What the validator says of a folder's Croissant description; it raises where that is wrong."""
    described = mlcroissant.Dataset(jsonld=os.path.join(folder, "croissant.json"))
    issues = described.metadata.ctx.issues
    return {"valid": not issues.errors, "errors": sorted(issues.errors), "warnings": sorted(issues.warnings)}


def croissant_rows(folder, split):
    """Rows of a record set; mlcroissant gives texts as bytes."""
    for record in mlcroissant.Dataset(jsonld=os.path.join(folder, "croissant.json")).records(split):
        row = {name.split("/")[-1]: value for name, value in record.items()}
        for name, value in row.items():
            if isinstance(value, bytes):
                row[name] = value.decode("utf8")
            elif isinstance(value, np.generic):
                row[name] = value.item()
            elif value is not None and value != value:
                row[name] = None
        yield row


def check_namesake(folder, manifest, problems):
    """Whether another dataset in a folder of the same name is loaded, and not the first one again from the cache of `datasets`."""
    shards = paths(folder, "train", "arrow")
    with tempfile.TemporaryDirectory() as elsewhere:
        other = os.path.join(elsewhere, os.path.basename(folder))
        os.mkdir(other)
        for path in (*paths(folder, "validation", "arrow"), shards[-1]):
            os.symlink(path, os.path.join(other, os.path.basename(path)))
        with open(os.path.join(folder, "README.md"), encoding="utf8") as card, open(os.path.join(other, "README.md"), "w", encoding="utf8") as copy:
            # Of other rows, so of another root hash.
            copy.write(card.read().replace(manifest["summary"]["rootHash"], "0" * 64))
        loaded = datasets.load_dataset(other)["train"]["key"][:]
    if loaded != pa.ipc.open_stream(shards[-1]).read_all()["key"].to_pylist():
        problems.append("load_dataset(folder): another dataset in a folder of the same name is given other rows than its own")


def main() -> None:
    folder, exports = (os.path.abspath(path) for path in sys.argv[1:3])
    manifest = json.load(open(os.path.join(folder, "manifest.json"), encoding="utf8"))
    wanted = {split: each["rows"] for split, each in manifest["summary"]["splits"].items()}
    problems = []
    ways = Ways(read_reference(folder, manifest, problems))
    ways.problems = problems

    def at(name):
        return os.path.join(exports, name)

    def hugging_face(way, loaded, ordered=True):
        ways.compare(way, lambda split: image_feature(way, loaded[split], problems), ordered)

    hugging_face("load_dataset(folder)", datasets.load_dataset(folder))
    check_namesake(folder, manifest, problems)
    arrow = {split: paths(folder, split, "arrow") for split in splits}
    hugging_face('load_dataset("arrow")', datasets.load_dataset("arrow", data_files=arrow))
    hugging_face(
        "Dataset.from_file",
        {split: datasets.concatenate_datasets([datasets.Dataset.from_file(path) for path in arrow[split]]) for split in splits},
    )
    streamed = datasets.load_dataset(folder, streaming=True)
    ways.compare("load_dataset(folder, streaming=True)", lambda split: streamed[split])
    ways.compare("polars.read_ipc_stream", lambda split: (row for path in arrow[split] for row in pl.read_ipc_stream(path).iter_rows(named=True)))
    ways.compare(
        "duckdb over pyarrow",
        lambda split: duckdb.from_arrow(pa.concat_tables([pa.ipc.open_stream(path).read_all() for path in arrow[split]])).to_arrow_table().to_pylist(),
    )

    hugging_face("hf-disk: load_from_disk", datasets.load_from_disk(at("hf-disk")))
    hugging_face("hf-disk: load_dataset(folder)", datasets.load_dataset(at("hf-disk")))

    parquet = {split: paths(at("parquet"), split, "parquet") for split in splits}
    hugging_face("parquet: load_dataset(folder)", datasets.load_dataset(at("parquet")))
    ways.compare("parquet: pyarrow", lambda split: (row for path in parquet[split] for row in pa.parquet.read_table(path).to_pylist()))
    ways.compare("parquet: polars", lambda split: (row for path in parquet[split] for row in pl.read_parquet(path).iter_rows(named=True)))
    ways.compare(
        "parquet: duckdb",
        lambda split: duckdb.sql(f"select * from read_parquet({parquet[split]!r})").to_arrow_table().to_pylist(),
    )

    # mlcroissant reads no Arrow, so that of the record sets those of Parquet can be loaded.
    ways.compare("parquet: mlcroissant", lambda split: croissant_rows(at("parquet"), split))
    croissants = {name: validate_croissant(path) for name, path in (("dataset", folder), *((name, at(name)) for name in formats))}
    problems.extend(f"{name}: croissant.json: {each}" for name, each in croissants.items() if not each["valid"])

    tars = {split: paths(at("webdataset"), split, "tar") for split in splits}
    ways.compare("webdataset: webdataset", lambda split: webdataset_rows(tars[split]))
    loaded_tars = datasets.load_dataset("webdataset", data_files=tars)
    ways.compare(
        "webdataset: load_dataset",
        lambda split: ({**row["json"], "image": row["jpg"], "caption_es": row["txt"]} for row in loaded_tars[split]),
    )

    tar_folder = datasets.load_dataset(at("webdataset"))
    ways.compare(
        "webdataset: load_dataset(folder)",
        lambda split: ({**row["json"], "image": row["jpg"], "caption_es": row["txt"]} for row in tar_folder[split]),
    )

    # By the files' names, not in the metadata's order.
    hugging_face("imagefolder: load_dataset", datasets.load_dataset("imagefolder", data_dir=at("imagefolder")), ordered=False)
    hugging_face("imagefolder: load_dataset(folder)", datasets.load_dataset(at("imagefolder")), ordered=False)

    for way, counts in ways.ways.items():
        if counts != wanted:
            problems.append(f"{way}: {counts}, expected {wanted}")
    versions = {name: version(name) for name in ("datasets", "pyarrow", "polars", "duckdb", "webdataset", "mlcroissant")}
    result = {"ok": not problems, "wanted": wanted, "ways": ways.ways, "croissant": croissants, "problems": problems[:20], "versions": versions}
    print(json.dumps(result, indent=1))
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
