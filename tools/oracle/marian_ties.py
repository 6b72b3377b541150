"""Says of rows whose ids differ (`<search>.differing.json`, which `marian-parity.mjs` writes) how near to each other the two are.

    python marian_ties.py CHECKPOINT FOLDER

For each: the score of both by transformers' own model in float64, and which of the two its search finds in float64, a sentence at a time.
Where it finds ours, float32 rounding in the recorded run made the difference, and where theirs, in ours.
"""

import argparse
import json
from pathlib import Path

import torch
from marian_parity import SEARCHES, SOURCE_TOKENS
from transformers import MarianMTModel, MarianTokenizer


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("folder", type=Path)
    options = parser.parse_args()
    files = sorted(options.folder.glob("*.differing.json"))
    if not files:
        return
    max_length = json.loads((options.folder / "options.json").read_text())["max_length"]
    tokenizer = MarianTokenizer.from_pretrained(options.checkpoint)
    model = MarianMTModel.from_pretrained(options.checkpoint, dtype=torch.float64).eval()
    for path in files:
        search = path.name.removesuffix(".differing.json")
        for each in json.loads(path.read_text()):
            source = torch.tensor([tokenizer(each["caption"], truncation=True, max_length=SOURCE_TOKENS).input_ids])
            with torch.no_grad():
                ids = model.generate(input_ids=source, max_length=max_length, do_sample=False, **SEARCHES[search])[0]
            found = [token for token in ids[1:].tolist() if token != model.config.pad_token_id]
            ours, theirs = each["ours"], each["expected"]
            whose = "ours" if found == ours else "theirs" if found == theirs else "another"
            difference = score(model, source, ours, max_length, search) - score(model, source, theirs, max_length, search)
            print(f"{search}, row {each['row']}: ours less theirs {difference:+.2e}; float64 finds {whose}", flush=True)


def score(model: MarianMTModel, source: torch.Tensor, ids: list[int], max_length: int, search: str) -> float:
    """What a search holds of a sentence: Σ log probabilities, with beams over its length. A forced end costs nothing."""
    config = model.generation_config
    inputs = torch.tensor([[config.decoder_start_token_id, *ids[:-1]]])
    with torch.no_grad():
        logits = model(input_ids=source, decoder_input_ids=inputs).logits[0]
    logits[:, model.config.pad_token_id] = -torch.inf
    chosen = logits.log_softmax(-1).gather(1, torch.tensor(ids)[:, None])[:, 0]
    if len(ids) + 1 == max_length:
        chosen = chosen[:-1]
    return float(chosen.sum()) / (1 if search == "greedy" else len(ids))


if __name__ == "__main__":
    main()
