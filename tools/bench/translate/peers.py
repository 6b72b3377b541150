"""The peers' side of the comparison; see README.md.

    python peers.py ctranslate2-int8|ctranslate2-float32 CT2_FOLDER CHECKPOINT CAPTIONS.tsv COUNT BEAMS
    python peers.py torch CHECKPOINT CHECKPOINT CAPTIONS.tsv COUNT BEAMS
"""

import json
import resource
import sys
import time
from collections import defaultdict
from pathlib import Path

from transformers import MarianTokenizer

TOGETHER = 32


def main(peer: str, folder: str, checkpoint: str, path: str, count: int, beams: int) -> None:
    tokenizer = MarianTokenizer.from_pretrained(checkpoint)
    captions = [line.split("\t")[0] for line in Path(path).read_text(encoding="utf-8").split("\n")[:count]]
    name, _, kind = peer.partition("-")
    run = {"ctranslate2": ctranslate2_run, "torch": torch_run}[name](folder, tokenizer, beams, kind)
    run(captions[:8])
    started, cpu = time.time(), time.process_time()
    tokens = run(captions)
    seconds, cpu = time.time() - started, time.process_time() - cpu
    print(json.dumps({
        "who": peer, "beams": beams, "captions": count, "captionsPerSecond": round(count / seconds, 1),
        "cpuMsPerCaption": round(cpu / count * 1000, 1), "tokens": tokens,
        "rssMb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }), flush=True)


def groups_of(captions, tokenizer):
    """Ids by their number: a translation gets as many tokens as its source has."""
    groups = defaultdict(list)
    for caption in captions:
        ids = tokenizer(caption, truncation=True, max_length=64).input_ids
        groups[len(ids)].append(ids)
    return sorted(groups.items())


def ctranslate2_run(folder, tokenizer, beams, kind):
    import ctranslate2

    translator = ctranslate2.Translator(folder, "cpu", compute_type=kind, inter_threads=2, intra_threads=1)

    def run(captions):
        pending = []
        for length, rows in groups_of(captions, tokenizer):
            pending += translator.translate_batch(
                [tokenizer.convert_ids_to_tokens(ids) for ids in rows], beam_size=beams, max_decoding_length=length,
                max_batch_size=1024, batch_type="tokens", asynchronous=True)
        return sum(len(each.result().hypotheses[0]) for each in pending)

    return run


def torch_run(folder, tokenizer, beams, _kind):
    import torch
    from transformers import MarianMTModel

    torch.set_num_threads(2)
    model = MarianMTModel.from_pretrained(folder, dtype=torch.float32).eval()

    def run(captions):
        total = 0
        for length, rows in groups_of(captions, tokenizer):
            for start in range(0, len(rows), TOGETHER):
                batch = torch.tensor(rows[start:start + TOGETHER])
                with torch.no_grad():
                    ids = model.generate(
                        input_ids=batch, num_beams=beams, max_length=length + 1, early_stopping=beams > 1, do_sample=False)
                total += int((ids[:, 1:] != model.config.pad_token_id).sum())
        return total

    return run


if __name__ == "__main__":
    main(*sys.argv[1:5], int(sys.argv[5]), int(sys.argv[6]))
