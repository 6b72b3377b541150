"""Scores captions with the programs that packages/eval equals: sacrebleu, nltk with Hugging Face's bleu, pycocoevalcap, numpy.

    pip install -r tools/oracle/requirements-metrics.txt && pip install --no-deps nlp==0.4.0
    python tools/oracle/metrics.py fixtures tools/oracle/fixtures/metrics     # from pairs.json and texts.json there
    python tools/oracle/metrics.py corpus "$LEYENDA_CORPUS" > tools/oracle/fixtures/metrics/corpus.json

The pairs are outputs of the sample model with the sample grammar's Spanish, and odd ones written by hand. Of the corpus, only scores
and digests of tokens are kept.
"""
import csv
import glob
import gzip
import hashlib
import json
import os
import sys
import unicodedata
from collections import defaultdict

import nltk.tokenize
import numpy
import punkt
import regex
import sacrebleu
from nltk.tokenize.punkt import PunktParameters, PunktSentenceTokenizer
from pycocoevalcap.cider.cider_scorer import CiderScorer
from pycocoevalcap.rouge.rouge import Rouge
from sacrebleu.metrics import BLEU, CHRF
from sacrebleu.significance import PairedTest


def spanish_punkt():
    """nltk's splitter with the parameters that its spanish.pickle holds."""
    known, parameters = punkt.load_model("spanish"), PunktParameters()
    parameters.abbrev_types = set(known.abbrev_types)
    parameters.collocations = set(known.collocations)
    parameters.sent_starters = set(known.sent_starters)
    parameters.ortho_context.update(known.ortho_context)
    return PunktSentenceTokenizer(parameters)


SPLITTER = spanish_punkt()
# word_tokenize would read the pickle here.
nltk.tokenize.load = lambda path: SPLITTER


def original_bleu():
    """Hugging Face's bleu computes with a file of tensorflow/nmt, which its package nlp had within it."""
    import importlib.util

    package = os.path.dirname(importlib.util.find_spec("nlp").origin)
    [path] = glob.glob(os.path.join(package, "metrics/bleu/*/nmt_bleu.py"))
    spec = importlib.util.spec_from_file_location("nmt_bleu", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.compute_bleu


compute_bleu = original_bleu()

WORD = regex.compile(r"\p{N}+(?:[.,]\p{N}+)+|[\p{L}\p{M}\p{N}]+(?:['’·-][\p{L}\p{M}\p{N}]+)*")


def caption_tokens(text):
    return WORD.findall(unicodedata.normalize("NFC", text).lower())


def words(text):
    return nltk.tokenize.word_tokenize(text, language="spanish")


def columns(references):
    # sacrebleu wants a list for each place among the references; missing ones are None.
    width = max(len(each) for each in references)
    return [[each[place] if place < len(each) else None for each in references] for place in range(width)]


def sacre_metrics():
    return {"bleu": BLEU(), "bleuIntl": BLEU(tokenize="intl"), "chrf": CHRF(), "chrfPlusPlus": CHRF(word_order=2)}


def hf_bleu(hypotheses, references):
    ours, theirs = [words(h.strip()) for h in hypotheses], [[words(r.strip()) for r in each] for each in references]
    try:
        every = [compute_bleu(theirs, ours, max_order=order) for order in range(1, 5)]
    except ZeroDivisionError:
        return None
    _, precisions, bp, _, length, reference_length = every[-1]
    return {
        "scores": [each[0] for each in every],
        "precisions": precisions,
        "brevityPenalty": bp,
        "hypothesisLength": length,
        "referenceLength": reference_length,
    }


def score(hypotheses, references, segments=True):
    result = {"hf": hf_bleu(hypotheses, references)}
    for name, metric in sacre_metrics().items():
        found = metric.corpus_score(hypotheses, columns(references))
        each = {"score": found.score, "signature": str(metric.get_signature())}
        if name.startswith("bleu"):
            each |= {"precisions": found.precisions, "bp": found.bp, "sysLen": found.sys_len, "refLen": found.ref_len}
        again = metric.corpus_score(hypotheses, columns(references), n_bootstrap=1000)
        each |= {"mean": float(again._mean), "margin": float(again._ci), "signatureOfResamples": str(metric.get_signature())}
        result[name] = each
    ours = [" ".join(caption_tokens(h)) for h in hypotheses]
    theirs = [[" ".join(caption_tokens(r)) for r in each] for each in references]
    rouge = [Rouge().calc_score([h], each) for h, each in zip(ours, theirs)]
    cider = CiderScorer()
    for h, each in zip(ours, theirs):
        cider += (h, each)
    try:
        mean, ciders = cider.compute_score()
    except ValueError:  # no reference has a word
        mean, ciders = None, None
    result["rougeL"] = {"mean": float(numpy.mean(rouge))}
    result["ciderD"] = {"mean": None if mean is None else float(mean)}
    if segments:
        result["rougeL"]["segments"] = [float(each) for each in rouge]
        result["ciderD"]["segments"] = None if ciders is None else [float(each) for each in ciders]
    return result


def compare(baseline, system, references):
    named, result = [("baseline", baseline), ("system", system)], {}
    for name, metric in sacre_metrics().items():
        # Each for itself: both kinds of BLEU have one name there.
        tests = {kind: PairedTest(named, {name: metric}, columns(references), test_type=kind)()[1] for kind in ("ar", "bs")}
        [[first, randomized], [_, resampled]] = [next(v for k, v in tests[kind].items() if k != "System") for kind in ("ar", "bs")]
        result[name] = {
            "baseline": first.score,
            "system": randomized.score,
            "pOfRandomization": float(randomized.p_value),
            "pOfBootstrap": float(resampled.p_value),
            "mean": float(resampled.mean),
            "margin": float(resampled.ci),
        }
    return result


def random_streams():
    streams = []
    for seed, limit in ((12345, 10), (12345, 25000), (0, 1), (7, 2**31), (4294967295, 1234567)):
        taken = numpy.random.default_rng(seed).choice(limit, size=200, replace=True)
        bits = numpy.random.default_rng(seed).integers(2, size=100, dtype=bool)
        streams.append({"seed": seed, "limit": limit, "choice": taken.tolist(), "bits": [int(bit) for bit in bits]})
    return streams


def fixtures(folder):
    read = lambda name: json.load(open(os.path.join(folder, name), encoding="utf8"))
    versions = {"sacrebleu": sacrebleu.__version__, "nltk": nltk.__version__, "numpy": numpy.__version__}
    scores = []
    for case in read("pairs.json"):
        hypotheses, references = case["hypotheses"], case["references"]
        result = {"name": case["name"], **score(hypotheses, references)}
        if "baseline" in case:
            result["compared"] = compare(case["baseline"], hypotheses, references)
        scores.append(result)
    tokens = [
        {
            "text": text,
            "sentences": SPLITTER.tokenize(text),
            "words": words(text),
            "13a": BLEU()._preprocess_segment(text).split(" "),
            "intl": BLEU(tokenize="intl")._preprocess_segment(text).split(" "),
            "caption": caption_tokens(text),
        }
        for text in read("texts.json")
    ]
    for name, value in (("scores.json", scores), ("tokens.json", tokens), ("random.json", random_streams())):
        with open(os.path.join(folder, name), "w", encoding="utf8") as file:
            json.dump({**versions, "cases": value}, file, ensure_ascii=False, indent=1)
            file.write("\n")


def spoil(hypotheses):
    """Empty captions, repeated words and captions of one word, among the others."""
    result = []
    for place, hypothesis in enumerate(hypotheses):
        first = (hypothesis.split() or [""])[0]
        result.append({0: "", 1: " ".join([first] * 7), 2: first}.get(place % 50, hypothesis))
    return result


def suites(corpus):
    """Each: name, a system's captions, a baseline's, references."""
    path = lambda name: os.path.join(corpus, "parallel", name)
    rows = list(csv.reader(open(path("stsb-es-train.csv"), encoding="utf8")))[:2500]
    firsts = [row[0] for row in rows]
    # The baseline has every seventh caption of another.
    baseline = [firsts[(place + 1) % len(firsts)] if place % 7 == 0 else first for place, first in enumerate(firsts)]
    yield "stsb-es", spoil(firsts), baseline, [[row[1]] for row in rows]

    sentences = [json.loads(line)["sentences"] for line in open(path("flickr30k-valid-en.jsonl"), encoding="utf8")]
    yield "flickr30k", spoil([each[0] for each in sentences]), [each[1] for each in sentences], [each[2:] for each in sentences]

    translations = defaultdict(list)
    for line in gzip.open(path("tatoeba-en-es.2018.tsv.gz"), "rt", encoding="utf8", newline="\n"):
        english, spanish = line.rstrip("\n").split("\t")[:2]
        translations[english].append(spanish)
    several = [each for each in translations.values() if len(each) >= 3]
    yield "tatoeba", spoil([each[0] for each in several]), [each[1] for each in several], [each[2:] for each in several]


def texts(corpus):
    path = lambda name: os.path.join(corpus, name)
    lines = lambda name: open(path(name), encoding="utf8", newline="\n").read().rstrip("\n").split("\n")
    yield "stsb-es", [text for row in csv.reader(open(path("parallel/stsb-es-train.csv"), encoding="utf8")) for text in row[:2]]
    yield "xflickrco", [json.loads(line)["sentences"][0] for line in lines("parallel/xflickrco-es-human.jsonl")]
    yield "opus-mt", [line.split("\t")[2] for line in lines("parallel/flickr30k-opus-mt-en-es.first-1500.tsv")[1:]]
    tatoeba = gzip.open(path("parallel/tatoeba-en-es.2018.tsv.gz"), "rt", encoding="utf8", newline="\n").read()
    yield "tatoeba", [line.split("\t")[1] for line in tatoeba.rstrip("\n").split("\n")]
    yield "cc3m", [line.split("\t")[0] for line in lines("web/cc3m-validation.caption-url.tsv")]


def digest(tokenized):
    lines = hashlib.sha256()
    for tokens in tokenized:
        lines.update("\u0001".join(tokens).encode() + b"\n")
    return lines.hexdigest()


def corpus_scores(corpus):
    result = {"sacrebleu": sacrebleu.__version__, "nltk": nltk.__version__, "numpy": numpy.__version__, "suites": [], "texts": []}
    for name, hypotheses, baseline, references in suites(corpus):
        result["suites"].append({
            "name": name,
            "rows": len(hypotheses),
            **score(hypotheses, references, segments=False),
            "compared": compare(baseline, hypotheses, references),
        })
    thirteen, intl = BLEU(), BLEU(tokenize="intl")
    for name, all_texts in texts(corpus):
        result["texts"].append({
            "name": name,
            "rows": len(all_texts),
            "words": digest(map(words, all_texts)),
            "13a": digest(thirteen._preprocess_segment(text).split() for text in all_texts),
            "intl": digest(intl._preprocess_segment(text).split() for text in all_texts),
            "caption": digest(map(caption_tokens, all_texts)),
        })
    return result


def main() -> None:
    if sys.argv[1] == "fixtures":
        fixtures(sys.argv[2])
    else:
        json.dump(corpus_scores(sys.argv[2]), sys.stdout, ensure_ascii=False, indent=1)
        print()


if __name__ == "__main__":
    main()
