"""Records what Hugging Face transformers generates with the small trained checkpoint, for each kind of search.

    python marian_search.py CHECKPOINT_FOLDER > fixtures/marian-search.json

The captions are the first of `expected.greedy.tsv` beside the checkpoint. Token ids are without the start token and padding.
"""

import json
import sys
from pathlib import Path

import torch
import transformers
from transformers import MarianMTModel, MarianTokenizer

CAPTIONS = 120
SEARCHES = {
    "greedy": {"num_beams": 1},
    "beam 4, early stopping": {"num_beams": 4, "early_stopping": True},
    "beam 4, no early stopping": {"num_beams": 4, "early_stopping": False},
    "beam 4, never stopping early": {"num_beams": 4, "early_stopping": "never"},
    "beam 6, never stopping early": {"num_beams": 6, "early_stopping": "never"},
    "beam 6, no early stopping": {"num_beams": 6, "early_stopping": False},
    "beam 6, early stopping": {"num_beams": 6, "early_stopping": True},
    "beam 3, long ones preferred": {"num_beams": 3, "early_stopping": False, "length_penalty": 2.0},
    "beam 3, short ones preferred": {"num_beams": 3, "early_stopping": "never", "length_penalty": -1.0},
    "beam 4, no run of 2 twice": {"num_beams": 4, "early_stopping": True, "no_repeat_ngram_size": 2},
    "greedy, no run of 2 twice": {"num_beams": 1, "no_repeat_ngram_size": 2},
    "beam 4, at least 12": {"num_beams": 4, "early_stopping": True, "min_length": 12},
    "beam 4, at most 8": {"num_beams": 4, "early_stopping": True, "max_length": 8},
    "beam 4, best 3": {"num_beams": 4, "early_stopping": True, "num_return_sequences": 3},
}


def main(folder: Path) -> None:
    torch.set_num_threads(1)
    tokenizer = MarianTokenizer.from_pretrained(folder)
    model = MarianMTModel.from_pretrained(folder, dtype=torch.float32).eval()
    lines = (folder / "expected.greedy.tsv").read_text().splitlines()[:CAPTIONS]
    captions = [line.split("\t")[0] for line in lines]
    pad = model.config.pad_token_id
    recorded = {}
    for name, options in SEARCHES.items():
        rows = []
        for caption in captions:
            inputs = tokenizer([caption], return_tensors="pt", truncation=True, max_length=64)
            with torch.no_grad():
                generated = model.generate(**inputs, **{"max_length": 64, **options})
            rows.append([[token for token in row[1:].tolist() if token != pad] for row in generated])
        recorded[name] = {"options": options, "ids": rows}
        print(name, file=sys.stderr)
    versions = {"transformers": transformers.__version__, "torch": torch.__version__}
    print(json.dumps({"versions": versions, "searches": recorded}, separators=(",", ":")))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
