"""Loads a finished dataset each way that users do, decodes every picture, and compares counts and values with the manifest.

    pip install -r tools/oracle/requirements-load.txt
    python tools/oracle/load.py data/sample/dataset

Prints one JSON object; exits with 1 when anything differs.
"""
import glob
import json
import os
import sys

import datasets
import pyarrow as pa


def check_split(name, split, wanted, problems):
    if not isinstance(split.features["image"], datasets.Image):
        problems.append(f"{name}: image is {split.features['image']}")
    if len(split) != wanted:
        problems.append(f"{name}: {len(split)} rows, expected {wanted}")
    for index, row in enumerate(split):
        if row["image"].size != (row["width"], row["height"]):
            problems.append(f"{name}, row {index}: picture of {row['image'].size}, columns say {row['width'], row['height']}")
        if not row["caption_es"] or not row["caption_en"]:
            problems.append(f"{name}, row {index}: empty caption")


def main() -> None:
    folder = os.path.abspath(sys.argv[1])
    manifest = json.load(open(os.path.join(folder, "manifest.json"), encoding="utf8"))
    wanted = {split: each["rows"] for split, each in manifest["summary"]["splits"].items()}
    problems, ways = [], {}

    loaded = datasets.load_dataset(folder)
    ways["load_dataset(folder)"] = {split: len(each) for split, each in loaded.items()}
    files = {split: sorted(glob.glob(os.path.join(folder, f"{split}-*.arrow"))) for split in wanted}
    arrow = datasets.load_dataset("arrow", data_files=files)
    ways['load_dataset("arrow")'] = {split: len(each) for split, each in arrow.items()}
    for split, rows in wanted.items():
        check_split(f"load_dataset(folder), {split}", loaded[split], rows, problems)
        if arrow[split]["key"] != loaded[split]["key"]:
            problems.append(f"{split}: the two ways give different rows")
        shards = datasets.concatenate_datasets([datasets.Dataset.from_file(path) for path in files[split]])
        check_split(f"Dataset.from_file, {split}", shards, rows, problems)
    ways["Dataset.from_file"] = {split: sum(len(datasets.Dataset.from_file(p)) for p in files[split]) for split in wanted}
    counts = {}
    for split in wanted:
        counts[split] = 0
        for path in files[split]:
            with pa.memory_map(path) as source:
                table = pa.ipc.open_stream(source).read_all()
                table.validate(full=True)
                counts[split] += table.num_rows
    ways["pyarrow"] = counts
    for way, each in ways.items():
        if each != wanted:
            problems.append(f"{way}: {each}, expected {wanted}")
    versions = {"datasets": datasets.__version__, "pyarrow": pa.__version__}
    print(json.dumps({"ok": not problems, "wanted": wanted, "ways": ways, "problems": problems[:20], "versions": versions}, indent=1))
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
