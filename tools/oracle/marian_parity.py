"""Records the ids that Hugging Face transformers generates for real captions, in fp32, for greedy search, 4 and 6 beams with each kind of
early stopping; `marian-parity.mjs` compares.

    python marian_parity.py CHECKPOINT CAPTIONS.tsv OUT_FOLDER [--rows 1000] [--beam-rows 1000] [--max-length 64] [--searches greedy …]

OUT_FOLDER gets `options.json`, `captions.txt` and, for each search, `<search>.ids` with a line for each caption: ids without the start token and
padding, between spaces. What is there is not made again. Captions of the same number of tokens are generated together, so that nothing is
padded.
"""

import argparse
import json
import os
from collections import defaultdict
from pathlib import Path

import torch
import transformers
from transformers import MarianMTModel, MarianTokenizer

SEARCHES = {"greedy": {"num_beams": 1}} | {
    f"beam{beams}-{str(stopping).lower()}": {"num_beams": beams, "early_stopping": stopping}
    for beams in (4, 6) for stopping in (True, False, "never")
}
TOGETHER = 16
SOURCE_TOKENS = 64


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("captions", type=Path, help="a caption in the first column")
    parser.add_argument("out", type=Path)
    parser.add_argument("--rows", type=int, default=1000)
    parser.add_argument("--beam-rows", type=int, help="the first so many for searches with beams; without it, all")
    parser.add_argument("--max-length", type=int, default=64)
    parser.add_argument("--searches", nargs="+", choices=SEARCHES, default=list(SEARCHES), help="so that several can be made side by side")
    options = parser.parse_args()
    torch.set_num_threads(int(os.environ.get("THREADS", "1")))
    tokenizer = MarianTokenizer.from_pretrained(options.checkpoint)
    model = MarianMTModel.from_pretrained(options.checkpoint, dtype=torch.float32).eval()
    captions = [line.split("\t")[0] for line in options.captions.read_text(encoding="utf-8").split("\n")[:options.rows]]
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "options.json").write_text(json.dumps({
        "transformers": transformers.__version__, "torch": torch.__version__, "rows": len(captions), "max_length": options.max_length,
        "searches": SEARCHES}, indent=1))
    (options.out / "captions.txt").write_text("".join(caption + "\n" for caption in captions))
    by_length = defaultdict(list)
    for row, caption in enumerate(captions):
        ids = tokenizer(caption, truncation=True, max_length=SOURCE_TOKENS).input_ids
        by_length[len(ids)].append((row, ids))
    for name in options.searches:
        path = options.out / f"{name}.ids"
        if path.exists():
            continue
        count = len(captions) if name == "greedy" else options.beam_rows or len(captions)
        lines = [""] * count
        wanted = [[each for each in rows if each[0] < count] for rows in by_length.values()]
        batches = [rows[at:at + TOGETHER] for rows in wanted for at in range(0, len(rows), TOGETHER)]
        for batch in batches:
            with torch.no_grad():
                generated = model.generate(
                    input_ids=torch.tensor([ids for _, ids in batch]), max_length=options.max_length, do_sample=False, **SEARCHES[name])
            for (row, _), ids in zip(batch, generated.tolist(), strict=True):
                lines[row] = " ".join(str(token) for token in ids[1:] if token != model.config.pad_token_id)
        path.with_suffix(".part").write_text("".join(line + "\n" for line in lines))
        path.with_suffix(".part").rename(path)
        print(name, flush=True)


if __name__ == "__main__":
    main()
