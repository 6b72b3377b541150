"""Scores pairs with sacrebleu, for packages/eval/src/metrics/metrics.test.ts.

    pip install sacrebleu==2.5.1
    python tools/oracle/metrics.py tools/oracle/fixtures/metrics/pairs.json > tools/oracle/fixtures/metrics/sacrebleu.json

The pairs are outputs of the sample model with the sample grammar's Spanish, and odd ones written by hand.
"""
import json
import sys

import sacrebleu
from sacrebleu.metrics import BLEU, CHRF


def score(hypotheses, references):
    # sacrebleu wants a list for each place among the references; missing ones are None.
    width = max(len(each) for each in references)
    columns = [[each[place] if place < len(each) else None for each in references] for place in range(width)]
    bleu, chrf = BLEU(), CHRF()
    scored, f = bleu.corpus_score(hypotheses, columns), chrf.corpus_score(hypotheses, columns)
    return {
        "bleu": scored.score,
        "precisions": scored.precisions,
        "bp": scored.bp,
        "sysLen": scored.sys_len,
        "refLen": scored.ref_len,
        "chrf": f.score,
    }


def main() -> None:
    cases = json.load(open(sys.argv[1], encoding="utf8"))
    results = [{**case, **score(case["hypotheses"], case["references"])} for case in cases]
    json.dump({"sacrebleu": sacrebleu.__version__, "cases": results}, sys.stdout, ensure_ascii=False, indent=1)
    print()


if __name__ == "__main__":
    main()
