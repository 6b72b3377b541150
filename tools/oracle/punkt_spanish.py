"""Writes the Spanish parameters of the Punkt sentence splitter for packages/eval, from a package that carries them as data.

    pip install -r tools/oracle/requirements-metrics.txt
    python tools/oracle/punkt_spanish.py > packages/eval/punkt/spanish.json
"""
import json
import sys
from collections import defaultdict

from punkt.data import spanish


def main() -> None:
    # A word's number says in which places it was seen, upper or lower case; few numbers occur.
    orthography = defaultdict(list)
    for word, contexts in spanish.ORTHO_CONTEXT.items():
        assert " " not in word
        orthography[contexts].append(word)
    parameters = {
        "abbreviations": sorted(spanish.ABBREV_TYPES),
        "starters": sorted(spanish.SENT_STARTERS),
        "collocations": sorted(list(pair) for pair in spanish.COLLOCATIONS),
        "orthography": {str(contexts): " ".join(sorted(words)) for contexts, words in sorted(orthography.items())},
    }
    json.dump(parameters, sys.stdout, ensure_ascii=False, indent=2)
    print()


if __name__ == "__main__":
    main()
