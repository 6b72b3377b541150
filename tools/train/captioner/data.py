"""Pictures and captions of a dataset that Leyenda built, as the original's training saw them."""

from itertools import islice

import datasets
import numpy as np
import torch
from PIL import Image

MEAN = (0.48145466, 0.4578275, 0.40821073)
STD = (0.26862954, 0.26130258, 0.27577711)


def scale(picture: Image.Image, edge: int) -> torch.Tensor:
    """Shortest edge to `edge`, bicubic *without* antialiasing as torchvision 0.10 did on tensors, then the middle square: uint8 [3, edge, edge]."""
    pixels = torch.from_numpy(np.asarray(picture.convert("RGB")).copy()).permute(2, 0, 1)
    height, width = pixels.shape[1:]
    short = min(height, width)
    size = (edge * height // short, edge * width // short)
    if size != (height, width):
        scaled = torch.nn.functional.interpolate(pixels[None].float(), size=size, mode="bicubic", align_corners=False)
        pixels = scaled.clamp(0, 255).round().to(torch.uint8)[0]
    top, left = round((size[0] - edge) / 2), round((size[1] - edge) / 2)
    return pixels[:, top : top + edge, left : left + edge]


def normalise(pixels: torch.Tensor) -> torch.Tensor:
    """uint8 [batch, 3, edge, edge] to float32."""
    mean, std = (torch.tensor(values, device=pixels.device).view(1, 3, 1, 1) for values in (MEAN, STD))
    return (pixels.float() / 255 - mean) / std


class Captioned(torch.utils.data.Dataset):
    """A split: uint8 pixels, and the ids of the Spanish caption with its end, at most `max_length`.

    `in_memory` keeps the pixels (150 kB a picture at 224) once they have been scaled.
    """

    def __init__(self, folder: str, split: str, tokenizer, edge: int, max_length: int, in_memory: bool = False):
        self.rows = datasets.load_dataset(folder, split=split)
        self.captions = self.rows["caption_es"]
        self.tokenizer, self.edge, self.max_length = tokenizer, edge, max_length
        self.pixels = [None] * len(self.rows) if in_memory else None

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, index: int) -> tuple[torch.Tensor, list[int]]:
        pixels = None if self.pixels is None else self.pixels[index]
        if pixels is None:
            pixels = scale(self.rows[index]["image"], self.edge)
            if self.pixels is not None:
                self.pixels[index] = pixels
        ids = self.tokenizer(text_target=self.captions[index], max_length=self.max_length, truncation=True)["input_ids"]
        return pixels, ids


def collate(pad: int):
    """Rows to `pixels`, `inputs` (labels shifted right behind the padding token) and `labels` (-100 where there is none)."""

    def together(rows: list[tuple[torch.Tensor, list[int]]]) -> dict[str, torch.Tensor]:
        longest = max(len(ids) for _, ids in rows)
        labels = torch.full((len(rows), longest), -100)
        inputs = torch.full((len(rows), longest), pad)
        for row, (_, ids) in enumerate(rows):
            labels[row, : len(ids)] = torch.tensor(ids)
            inputs[row, 1 : len(ids)] = torch.tensor(ids[:-1])
        return {"pixels": torch.stack([pixels for pixels, _ in rows]), "inputs": inputs, "labels": labels}

    return together


class Order(torch.utils.data.DistributedSampler):
    """Each device's rows of an epoch, without the first `skip`: those that a run had seen when it was stopped."""

    skip = 0

    def __iter__(self):
        return islice(super().__iter__(), self.skip, None)
