"""Records the ids of 25,840 real captions and alt-texts, for packages/marian/src/spm/corpus-ids.test.ts.

    pip install -r tools/oracle/requirements-marian.txt pyarrow==26.0.1
    python tools/oracle/sentencepiece_corpus.py CORPUS > tools/oracle/fixtures/sentencepiece/corpus-ids.json

The texts may not be copied, so what is recorded of each tokenizer is a SHA-256 over all ids (a line for each text, ids between spaces) and
the ids of the first 200; and a SHA-256 of what becomes of a target's ids as text (a line for each). With a second argument, a folder, all ids are written there. Hugging Face's tokenizers say the ids of the opus-mt
models, in both directions; SentencePiece itself those of the others.
"""
import hashlib
import json
import os
import sys

import pyarrow.parquet
import sentencepiece
import transformers

FIRST = 200
corpus, *out = sys.argv[1:]
here = os.path.dirname(os.path.abspath(__file__))
with open(os.path.join(corpus, "web/cc3m-validation.caption-url.tsv"), encoding="utf-8", newline="\n") as file:
    texts = [line.split("\t")[0] for line in file]
alt_texts = pyarrow.parquet.read_table(os.path.join(corpus, "web/web-alt-text-10000.parquet"), columns=["TEXT"])
texts += [text or "" for text in alt_texts.column("TEXT").to_pylist()]


def hugging_face(folder: str):
    tokenizer = transformers.MarianTokenizer.from_pretrained(os.path.join(corpus, folder), model_max_length=10**9)

    def target(text: str) -> list[int]:
        return tokenizer(text_target=text)["input_ids"]

    return {
        "source": lambda text: tokenizer(text)["input_ids"], "target": target,
        "back": lambda text: tokenizer.decode(target(text), skip_special_tokens=True)}


def plain(path: str):
    model = sentencepiece.SentencePieceProcessor(model_file=path)
    return {"source": lambda text: model.encode(text) + [model.eos_id()]}


tokenizers = {
    "corpus:marian/opus-mt-en-mg": hugging_face("marian/opus-mt-en-mg"),
    "corpus:marian/sample-en-es": hugging_face("marian/sample-en-es"),
    "corpus:marian/firefox-enes-tiny/vocab.esen.spm": plain(os.path.join(corpus, "marian/firefox-enes-tiny/vocab.esen.spm")),
}
for name in ("bpe", "bpe-bytes", "unigram-bytes"):
    path = f"fixtures/sentencepiece/{name}.spm"
    tokenizers[f"repository:tools/oracle/{path}"] = plain(os.path.join(here, path))
recorded = []
for name, directions in tokenizers.items():
    for direction, encode in directions.items():
        lines = [encoded if isinstance(encoded, str) else " ".join(map(str, encoded)) for encoded in map(encode, texts)]
        sha256 = hashlib.sha256("".join(line + "\n" for line in lines).encode()).hexdigest()
        recorded.append({"tokenizer": name, "direction": direction, "sha256": sha256, "first": [] if direction == "back" else lines[:FIRST]})
        if out:
            with open(os.path.join(out[0], f"{name.split('/')[-1]}.{direction}.{'txt' if direction == 'back' else 'ids'}"), "w") as file:
                file.writelines(line + "\n" for line in lines)
versions = {"sentencepiece": sentencepiece.__version__, "transformers": transformers.__version__}
json.dump({**versions, "texts": len(texts), "recorded": recorded}, sys.stdout, indent=1)
print()
