"""Translates the test sets with converted models and says BLEU, chrF, and how often each says exactly what the first one says.

    python evaluate.py CORPUS MODEL... [--beams 4] [--sets "Tatoeba-test"]

MODEL is a folder written by `leyenda model convert`, so what is judged is what is shipped. Needs a built checkout.
"""

import argparse
import subprocess
from pathlib import Path

import sacrebleu

from data import read_data

REPOSITORY = Path(__file__).resolve().parents[3]


def translate(model: Path, texts: list[str], beams: int) -> list[str]:
    command = ["node", str(REPOSITORY / "packages/cli/bin/leyenda.js"), "translate", "--model", str(model.resolve()),
               "--beams", str(beams), "--max-length", "64", "--threads", "1"]
    said = subprocess.run(command, input="".join(text + "\n" for text in texts), capture_output=True, text=True, check=True, cwd=REPOSITORY)
    lines = said.stdout.split("\n")[:-1]
    if len(lines) != len(texts):
        raise SystemExit(f"{len(lines)} translations of {len(texts)} texts")
    return lines


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("corpus", type=Path)
    parser.add_argument("models", type=Path, nargs="+")
    parser.add_argument("--beams", type=int, default=4)
    parser.add_argument("--sets", nargs="*", help="names of test sets; without it, all")
    options = parser.parse_args()
    data = read_data(options.corpus, REPOSITORY / "datasets/sample/references.tsv")
    print(f"| test set | rows | model | BLEU | chrF | same as {options.models[0].name} |")
    print("| --- | ---: | --- | ---: | ---: | ---: |")
    for name in options.sets or data.tests:
        pairs = [(" ".join(en.split()), es) for en, es in data.tests[name]]
        first: list[str] | None = None
        for model in options.models:
            said = translate(model, [en for en, _ in pairs], options.beams)
            first = first or said
            references = [[es for _, es in pairs]]
            same = sum(a == b for a, b in zip(first, said, strict=True)) / len(said)
            bleu, chrf = sacrebleu.corpus_bleu(said, references).score, sacrebleu.corpus_chrf(said, references).score
            print(f"| {name} | {len(pairs)} | {model.name} | {bleu:.2f} | {chrf:.2f} | {same:.1%} |", flush=True)


if __name__ == "__main__":
    main()
