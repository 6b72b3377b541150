"""Trains the small models of the tests, from Tatoeba's pairs (CC-BY 2.0 FR, tatoeba.org).

    pip install sentencepiece==0.2.3
    python tools/oracle/sentencepiece_train.py CORPUS

`bpe.spm` is plain; the two others write unknown characters as bytes, and know symbols of a user's. None normalises, to be small.
"""
import gzip
import io
import os
import sys

import sentencepiece

here = os.path.dirname(os.path.abspath(__file__))
with gzip.open(os.path.join(sys.argv[1], "parallel/tatoeba-en-es.2018.tsv.gz"), "rt", encoding="utf-8") as file:
    lines = [side for line in file for side in line.rstrip("\n").split("\t")[:2]][:60000]
special = {"byte_fallback": True, "user_defined_symbols": ["black dog", "...", "s "]}
for name, options in {
    "bpe": {"model_type": "bpe", "vocab_size": 2000},
    "bpe-bytes": {"model_type": "bpe", "vocab_size": 1500, **special},
    "unigram-bytes": {"model_type": "unigram", "vocab_size": 1500, **special},
}.items():
    trained = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(lines), model_writer=trained, normalization_rule_name="identity", character_coverage=0.9995, bos_id=-1, pad_id=-1, eos_id=0,
        unk_id=1, minloglevel=2, num_threads=1, **options)
    with open(os.path.join(here, f"fixtures/sentencepiece/{name}.spm"), "wb") as file:
        file.write(trained.getvalue())
