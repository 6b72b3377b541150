"""Where transformers' PyTorch classes look while they say the captions that caption_torch.py has found.

    pip install -r tools/oracle/requirements-marian.txt
    python tools/oracle/caption_attention.py FOLDER_OF_CAPTION_TORCH

Writes `attention.json` there: for the first pictures the tokens of their captions, and for each token the cross-attention of the last layer,
mean over its heads.
"""

import json
import sys
from pathlib import Path

import torch
import transformers
from transformers import VisionEncoderDecoderModel

from caption_pixels import tiny_pixels

PICTURES = 6


def main(folder: Path) -> None:
    # Only this way of computing attention gives its weights.
    model = VisionEncoderDecoderModel.from_pretrained(folder, attn_implementation="eager").eval()
    found = json.loads((folder / "torch.json").read_text())["searches"]["greedy"]["ids"][:PICTURES]
    pixels = torch.from_numpy(tiny_pixels(PICTURES, model.config.encoder.image_size))
    attentions = []
    for picture, ids in zip(pixels, found):
        labels = torch.tensor([[model.config.decoder_start_token_id, *ids[:-1]]])
        with torch.no_grad():
            out = model(pixel_values=picture[None], decoder_input_ids=labels, output_attentions=True)
        attentions.append(out.cross_attentions[-1][0].mean(dim=0).double().numpy().round(8).tolist())
    versions = {"transformers": transformers.__version__, "torch": torch.__version__}
    (folder / "attention.json").write_text(json.dumps({"versions": versions, "ids": found, "attentions": attentions}, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
