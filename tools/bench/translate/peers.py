"""The peers' side of the comparison; see README.md.

    python peers.py ctranslate2 CT2_FOLDER CHECKPOINT CAPTIONS.tsv COUNT BEAMS
    python peers.py torch CHECKPOINT CHECKPOINT CAPTIONS.tsv COUNT BEAMS
"""

import json
import resource
import sys
import time
from pathlib import Path

from transformers import MarianTokenizer


def main(peer: str, folder: str, checkpoint: str, path: str, count: int, beams: int) -> None:
    tokenizer = MarianTokenizer.from_pretrained(checkpoint)
    captions = [line.split("\t")[0] for line in Path(path).read_text().split("\n")[:count]]
    run = {"ctranslate2": ctranslate2_run, "torch": torch_run}[peer](folder, tokenizer, beams)
    run(captions[:8])
    started, cpu = time.time(), time.process_time()
    tokens = run(captions)
    seconds, cpu = time.time() - started, time.process_time() - cpu
    print(json.dumps({
        "who": peer, "beams": beams, "captionsPerSecond": round(count / seconds, 1),
        "cpuMsPerCaption": round(cpu / count * 1000, 1), "tokens": tokens,
        "rssMb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }))


def ctranslate2_run(folder, tokenizer, beams):
    import ctranslate2

    translator = ctranslate2.Translator(folder, "cpu", compute_type="int8", inter_threads=2, intra_threads=1)

    def run(captions):
        source = [tokenizer.convert_ids_to_tokens(tokenizer(c, truncation=True, max_length=64).input_ids) for c in captions]
        found = translator.translate_batch(
            source, beam_size=beams, max_decoding_length=63, max_batch_size=1024, batch_type="tokens")
        return sum(len(each.hypotheses[0]) + 1 for each in found)

    return run


def torch_run(folder, tokenizer, beams):
    import torch
    from transformers import MarianMTModel

    torch.set_num_threads(2)
    model = MarianMTModel.from_pretrained(folder).eval()

    def run(captions):
        total = 0
        ordered = sorted(captions, key=len)
        for start in range(0, len(ordered), 32):
            batch = tokenizer(ordered[start:start + 32], return_tensors="pt", padding=True, truncation=True, max_length=64)
            with torch.no_grad():
                ids = model.generate(**batch, num_beams=beams, max_length=64, early_stopping=beams > 1)
            total += int((ids != model.config.pad_token_id).sum())
        return total

    return run


if __name__ == "__main__":
    main(*sys.argv[1:5], int(sys.argv[5]), int(sys.argv[6]))
