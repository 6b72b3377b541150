"""The weights of caption_flax.py as PyTorch holds them, and what transformers' PyTorch models say of the same pictures.

    pip install -r tools/oracle/requirements-marian.txt
    python tools/oracle/caption_torch.py FOLDER_OF_CAPTION_FLAX OUT [PIXELS]

Writes `OUT/model.safetensors` and its configuration: a `VisionEncoderDecoderModel` of `CLIPVisionModel` and `MarianForCausalLM`, which has
no bias of the logits; and `torch.json`, ids and scores by PyTorch's rules.
"""

import json
import sys
from pathlib import Path

import numpy as np
import torch
import transformers
from transformers import CLIPVisionConfig, CLIPVisionModel, MarianConfig, MarianForCausalLM, VisionEncoderDecoderModel

from caption_pixels import tiny_pixels

TINY_PICTURES = 64
SEARCHES = {
    "greedy": {"num_beams": 1},
    "beam 4, early stopping": {"num_beams": 4, "early_stopping": True},
    "beam 4, no early stopping": {"num_beams": 4, "early_stopping": False},
    "beam 3, long ones preferred": {"num_beams": 3, "early_stopping": "never", "length_penalty": 2.0},
}


def torch_name(path: str) -> str:
    """Flax's path of a parameter to PyTorch's name."""
    name = path.replace("/", ".")
    for flax, torch_ in [("kernel", "weight"), ("scale", "weight"), ("embedding", "weight")]:
        if name.endswith("." + flax):
            name = name[: -len(flax)] + torch_
    for flax, torch_ in [("model.encoder.", "encoder."), ("model.decoder.", "decoder.model.decoder."),
                         ("model.visual_projection.", "enc_to_dec_proj."), ("model.shared.", "decoder.model.decoder.embed_tokens.")]:
        if name.startswith(flax):
            return torch_ + name[len(flax):]
    raise ValueError(path)


def torch_value(path: str, value: np.ndarray) -> torch.Tensor:
    """Kernels are [in, out] and [height, width, in, out] in Flax."""
    if path.endswith("kernel"):
        value = value.transpose(3, 2, 0, 1) if value.ndim == 4 else value.T
    return torch.from_numpy(np.ascontiguousarray(value))


def main(folder: Path, out: Path, pixels: Path | None) -> None:
    config = json.loads((folder / "config.json").read_text())
    vision = CLIPVisionConfig(**config["clip_vision_config"])
    marian = MarianConfig(**{**config["marian_config"], "is_decoder": True, "add_cross_attention": True})
    model = VisionEncoderDecoderModel(encoder=CLIPVisionModel(vision), decoder=MarianForCausalLM(marian)).eval()
    state = {torch_name(path): torch_value(path, value) for path, value in np.load(folder / "weights.npz").items() if path != "final_logits_bias"}
    known = model.state_dict()
    # The names of the encoder's parts have changed between versions.
    state = {name if name in known else name.replace("encoder.vision_model.", "encoder."): value for name, value in state.items()}
    missing, unexpected = model.load_state_dict(state, strict=False)
    assert not unexpected, unexpected
    left = [name for name in missing if "position" not in name and "lm_head" not in name]
    assert not left, left
    model.decoder.lm_head.weight = model.decoder.model.decoder.embed_tokens.weight
    pad, end = marian.pad_token_id, marian.eos_token_id
    model.generation_config.update(decoder_start_token_id=pad, pad_token_id=pad, eos_token_id=end, forced_eos_token_id=end,
                                   bad_words_ids=[[pad]], renormalize_logits=True)
    model.config.decoder_start_token_id, model.config.pad_token_id, model.config.eos_token_id = pad, pad, end
    model.save_pretrained(out)
    longest = json.loads((folder / "flax.json").read_text())["longest"]
    values = torch.from_numpy(tiny_pixels(TINY_PICTURES, vision.image_size) if pixels is None else np.load(pixels))
    searches = {}
    for name, options in SEARCHES.items():
        ids, scores = [], []
        for batch in values.split(16):
            with torch.no_grad():
                found = model.generate(pixel_values=batch, max_length=longest, output_scores=True, return_dict_in_generate=True, **options)
            ids += [[token for token in row[1:].tolist() if token != pad] for row in found.sequences]
            if options["num_beams"] > 1:
                scores += found.sequences_scores.tolist()
        searches[name] = {"options": options, "ids": ids, "scores": scores}
        print(name, file=sys.stderr)
    versions = {"transformers": transformers.__version__, "torch": torch.__version__}
    (out / "torch.json").write_text(json.dumps({"versions": versions, "longest": longest, "searches": searches}, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]) if len(sys.argv) > 3 else None)
