"""Times sacrebleu, nltk with the original's bleu, and pycocoevalcap on captions: python tools/bench/eval/peers.py WORK; prints JSON."""
import json
import os
import resource
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "../../oracle"))
from metrics import caption_tokens, hf_bleu, sacre_metrics  # noqa: E402
from pycocoevalcap.cider.cider_scorer import CiderScorer  # noqa: E402
from pycocoevalcap.rouge.rouge import Rouge  # noqa: E402
from sacrebleu.significance import PairedTest, _bootstrap_resample  # noqa: E402


def read(name):
    return [json.loads(line)["caption"] for line in open(os.path.join(sys.argv[1], name), encoding="utf8")]


def main() -> None:
    hypotheses, others, references = read("predictions.jsonl"), read("other.jsonl"), read("references.jsonl")
    times, scores = {}, {}

    def timed(name, work):
        start = time.process_time()
        result = work()
        times[name] = times.get(name, 0) + time.process_time() - start
        return result

    scores["hf"] = timed("hf", lambda: hf_bleu(hypotheses, [[each] for each in references]))["scores"][3]
    for name, metric in sacre_metrics().items():
        statistics = timed(name, lambda: metric._extract_corpus_statistics(hypotheses, [references]))
        scores[name] = timed(name, lambda: metric._aggregate_and_compute(statistics)).score
        timed("bootstrap", lambda: _bootstrap_resample(statistics, metric, 1000))
    tokens = [" ".join(caption_tokens(each)) for each in hypotheses]
    reference_tokens = [" ".join(caption_tokens(each)) for each in references]

    def rouge():
        return sum(Rouge().calc_score([a], [b]) for a, b in zip(tokens, reference_tokens)) / len(tokens)

    def cider():
        scorer = CiderScorer()
        for a, b in zip(tokens, reference_tokens):
            scorer += (a, [b])
        return float(scorer.compute_score()[0])

    scores["rougeL"], scores["ciderD"] = timed("rougeL", rouge), timed("ciderD", cider)
    if "compare" in sys.argv:
        for kind, name in (("bs", "pairedBootstrap"), ("ar", "pairedRandomization")):
            for metric in sacre_metrics().values():
                systems = [("other", others), ("predictions", hypotheses)]
                timed(name, lambda: PairedTest(systems, {"metric": metric}, [references], test_type=kind)())
    mebibytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"times": times, "scores": scores, "mebibytes": mebibytes}))


if __name__ == "__main__":
    main()
