"""python torch_captions.py CHECKPOINT PIXELS.npy BEAMS BATCH PICTURES: captions prepared pictures, and prints a line of figures.

Needs tools/oracle/requirements-marian.txt.
"""

import resource
import sys
import time

import numpy as np
import torch
from transformers import VisionEncoderDecoderModel


def main(checkpoint: str, pixels: str, beams: int, batch: int, pictures: int) -> None:
    torch.set_num_threads(2)
    model = VisionEncoderDecoderModel.from_pretrained(checkpoint).eval()
    values = torch.from_numpy(np.load(pixels)[:pictures])

    def caption(part: torch.Tensor) -> int:
        with torch.no_grad():
            found = model.generate(pixel_values=part, num_beams=beams, max_length=17, early_stopping=beams > 1)
        return int((found[:, 1:] != model.generation_config.pad_token_id).sum())

    caption(values[:batch])
    cpu, started = time.process_time(), time.perf_counter()
    tokens = sum(caption(part) for part in values.split(batch))
    seconds, cpu = time.perf_counter() - started, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{'torch ' + torch.__version__:28} {f'beams {beams}, batch {batch}:':20} {len(values) / seconds:.2f} pictures/s, "
          f"{cpu / len(values) * 1000:.0f} CPU-ms, {tokens / len(values):.1f} tokens, {peak:.0f} MiB")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], *map(int, sys.argv[3:6]))
