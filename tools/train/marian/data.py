"""The pairs that the sample model learns from and those it is judged by.

Tatoeba (CC-BY 2.0 FR) is divided by a hash of the English sentence: 1 in 100 is test, 1 in 100 development. STS-b (CC-BY-SA 4.0) keeps
its own parts. The grammar's pairs (`sample-web pairs`) hold no scene of the sample dataset. What is in a test or development set
does not occur in training in either language. Files marked "evaluation only" are read for evaluation only.
"""

import csv
import gzip
import hashlib
import json
import random
import re
from dataclasses import dataclass
from pathlib import Path

Pair = tuple[str, str]


@dataclass
class Data:
    train: list[Pair]
    dev: list[Pair]
    tests: dict[str, list[Pair]]


def fold(text: str) -> str:
    """Sentences that differ in case, punctuation and spaces only are the same."""
    return re.sub(r"[\W_]+", " ", text.lower()).strip()


def read_tatoeba(corpus: Path) -> tuple[list[Pair], list[Pair], list[Pair]]:
    parts: tuple[list[Pair], list[Pair], list[Pair]] = ([], [], [])
    with gzip.open(corpus / "parallel/tatoeba-en-es.2018.tsv.gz", "rt", encoding="utf-8") as file:
        for line in file:
            en, es = line.rstrip("\n").split("\t")[:2]
            bucket = int.from_bytes(hashlib.sha256(fold(en).encode()).digest()[:4]) % 100
            parts[{0: 2, 1: 1}.get(bucket, 0)].append((en, es))
    train, dev, test = parts
    return train, first_of_each(dev), first_of_each(test)


def first_of_each(pairs: list[Pair]) -> list[Pair]:
    """One pair for each English sentence."""
    seen: dict[str, Pair] = {}
    for pair in pairs:
        seen.setdefault(fold(pair[0]), pair)
    return list(seen.values())


def read_stsb(corpus: Path, part: str) -> list[Pair]:
    rows = []
    for language in ("en", "es"):
        with open(corpus / f"parallel/stsb-{language}-{part}.csv", encoding="utf-8", newline="") as file:
            rows.append([cell for row in csv.reader(file) for cell in row[:2]])
    return list(dict.fromkeys(zip(*rows, strict=True)))


def read_tsv(path: Path, *columns: int) -> list[Pair]:
    lines = [line.split("\t") for line in path.read_text(encoding="utf-8").split("\n") if line]
    return [(line[columns[0]], line[columns[1]]) for line in lines]


def read_human_captions(corpus: Path) -> list[Pair]:
    """Spanish captions written by people, and an English translation of each. Evaluation only."""
    def sentences(name: str) -> dict[str, str]:
        rows = map(json.loads, (corpus / f"parallel/{name}.jsonl").read_text(encoding="utf-8").splitlines())
        return {row["id"]: row["sentences"][0] for row in rows}

    en, es = sentences("xflickrco-es-to-en-google"), sentences("xflickrco-es-human")
    return [(en[key], es[key]) for key in en if key in es]


def read_data(corpus: Path, references: Path, grammar: Path | None = None) -> Data:
    tatoeba, dev, test = read_tatoeba(corpus)
    tests = {
        "Tatoeba-test": test,
        "sample captions": first_of_each(read_tsv(references, 1, 2)),
        "STS-b test": read_stsb(corpus, "test"),
        "human captions": read_human_captions(corpus),
    }
    held_out = {fold(text) for pairs in [dev, *tests.values()] for pair in pairs for text in pair}
    train = tatoeba + read_stsb(corpus, "train") + read_stsb(corpus, "dev")
    if grammar is not None:
        train += read_tsv(grammar, 0, 1)
    train = [pair for pair in dict.fromkeys(train) if not held_out.intersection(map(fold, pair))]
    return Data(train, dev, tests)


def as_on_the_web(pair: Pair, chance: random.Random) -> Pair:
    """Some pairs in the form that web captions have: no capitals, no full stop, or one after a space."""
    if chance.random() > 0.25:
        return pair
    en, es = (text.lower().removesuffix(".") for text in pair)
    return (f"{en} .", f"{es}.") if chance.random() < 0.2 else (en, es)
