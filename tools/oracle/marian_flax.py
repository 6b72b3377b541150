"""Records what transformers' Flax beam search finds with the small trained checkpoint, one caption at a time.

    python marian_flax.py CHECKPOINT_FOLDER > fixtures/marian-flax.json

It stops by looking at all sentences of a batch, so only a batch of one says what a sentence's own search is. The captions are the first of
`expected.greedy.tsv` beside the checkpoint. Ids are without the start token and what pads a sequence to the longest length.
"""

import json
import sys
from pathlib import Path

import flax
import jax
import jax.numpy as jnp
import numpy as np
import transformers
from safetensors.numpy import load_file
from transformers import FlaxMarianMTModel, MarianConfig, MarianTokenizer

CAPTIONS = 60
LONGEST = 64
SEARCHES = {
    "beam 4, early stopping": {"num_beams": 4, "early_stopping": True},
    "beam 4, no early stopping": {"num_beams": 4, "early_stopping": False},
    "beam 6, never stopping early": {"num_beams": 6, "early_stopping": "never"},
    "beam 3, long ones preferred": {"num_beams": 3, "early_stopping": False, "length_penalty": 2.0},
    "beam 3, short ones preferred": {"num_beams": 3, "early_stopping": "never", "length_penalty": -1.0},
    "beam 4, at least 12": {"num_beams": 4, "early_stopping": True, "min_length": 12},
    "beam 4, at most 8": {"num_beams": 4, "early_stopping": True, "max_length": 8},
    "beam 4, best 3": {"num_beams": 4, "early_stopping": True, "num_return_sequences": 3},
}


def flax_parameters(tensors: dict[str, np.ndarray]) -> dict:
    """PyTorch's names and layouts to Flax's: kernels are [in, out]."""
    flat = {}
    for name, value in tensors.items():
        value = jnp.asarray(value.astype(np.float32))
        *path, last = name.split(".")
        if name == "final_logits_bias":
            flat[(name,)] = value
        elif path[-1] == "shared":
            flat[(*path, "embedding")] = value
        elif "embed" not in name and path[-1] != "lm_head":
            norm = path[-1].endswith("layer_norm")
            if last == "weight" and not norm:
                value = value.T
            flat[(*path, {"weight": "scale" if norm else "kernel"}.get(last, last))] = value
    return flax.traverse_util.unflatten_dict(flat)


def main(folder: Path) -> None:
    tokenizer = MarianTokenizer.from_pretrained(folder)
    config = MarianConfig.from_pretrained(folder)
    model = FlaxMarianMTModel(config, _do_init=False)
    params = flax_parameters(load_file(folder / "model.safetensors"))
    lines = (folder / "expected.greedy.tsv").read_text().splitlines()[:CAPTIONS]
    captions = [line.split("\t")[0] for line in lines]
    start, pad, end = config.decoder_start_token_id, config.pad_token_id, config.eos_token_id
    recorded = {}
    for name, options in SEARCHES.items():
        every = {"max_length": LONGEST, "decoder_start_token_id": start, "pad_token_id": pad, "eos_token_id": end,
                 "forced_eos_token_id": end, **options}
        generate = jax.jit(lambda ids, mask: model.generate(ids, attention_mask=mask, params=params, **every))
        rows, scores = [], []
        for caption in captions:
            inputs = tokenizer([caption], return_tensors="np", padding="max_length", truncation=True, max_length=LONGEST)
            found = generate(inputs.input_ids, inputs.attention_mask)
            rows.append([[token for token in row[1:].tolist() if token != pad] for row in np.asarray(found.sequences)])
            scores.append([float(score) for score in np.asarray(found.scores)[: len(rows[-1])]])
        recorded[name] = {"options": options, "ids": rows, "scores": scores}
        print(name, file=sys.stderr)
    versions = {"transformers": transformers.__version__, "jax": jax.__version__, "flax": flax.__version__}
    print(json.dumps({"versions": versions, "searches": recorded}, separators=(",", ":")))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
