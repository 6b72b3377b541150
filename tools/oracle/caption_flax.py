"""A CLIP-Vision-Marian model with random weights as the seed would have saved it, and what Flax says of pictures.

    pip install -r tools/oracle/requirements-flax.txt                                # Python 3.11
    python tools/oracle/caption_flax.py tiny tools/oracle/fixtures/caption           # committed, pictures of 32 pixels made of numbers
    python tools/oracle/caption_flax.py full OUT PIXELS                              # CLIP ViT-B/32 and opus-mt-en-es in shape: 600 MB

The modules are transformers' own (`FlaxCLIPVisionModule`, `FlaxMarianDecoder`, `FlaxMarianMTModel`'s generation), put together
as `models/flax_clip_vision_marian` of the original repository does, by which the parameters get their names. Writes
`flax_model.msgpack`, `config.json`, `weights.npz` (flat, for caption_torch.py) and `flax.json`: ids of beam search for every
picture alone, log probabilities and losses of labels.
"""

import json
import sys
from pathlib import Path

import flax
import flax.linen as nn
import jax
import jax.numpy as jnp
import numpy as np
import transformers
from flax.serialization import msgpack_serialize
from flax.traverse_util import flatten_dict, unflatten_dict
from transformers import CLIPVisionConfig, FlaxMarianMTModel, MarianConfig
from transformers.modeling_flax_outputs import FlaxBaseModelOutput
from transformers.models.clip.modeling_flax_clip import FlaxCLIPVisionModule
from transformers.models.marian.modeling_flax_marian import FlaxMarianDecoder

from caption_pixels import tiny_pixels

TINY_PICTURES = 64
LONGEST = 24
# Bias of </s>, by which captions are of many lengths.
ENDS = {"tiny": 0.9, "full": 0.9}


class Inner(nn.Module):
    config: MarianConfig

    def setup(self):
        config = self.config
        self.shared = nn.Embed(config.vocab_size, config.d_model, embedding_init=jax.nn.initializers.normal(config.init_std))
        self.encoder = FlaxCLIPVisionModule(config.vision)
        self.decoder = FlaxMarianDecoder(config, embed_tokens=self.shared)
        self.visual_projection = nn.Dense(config.d_model, kernel_init=jax.nn.initializers.normal(config.init_std))


class Outer(nn.Module):
    config: MarianConfig
    dtype: jnp.dtype = jnp.float32

    def setup(self):
        self.model = Inner(self.config)
        self.lm_head = nn.Dense(self.config.vocab_size, use_bias=False)
        self.final_logits_bias = self.param("final_logits_bias", jax.nn.initializers.zeros, (1, self.config.vocab_size))

    def _get_decoder_module(self):
        return self.model.decoder

    def encode(self, pixel_values):
        return self.model.visual_projection(self.model.encoder(pixel_values).last_hidden_state)

    def __call__(self, pixel_values, ids):
        positions = jnp.broadcast_to(jnp.arange(ids.shape[1])[None], ids.shape)
        seen = self.encode(pixel_values)
        mask = jnp.ones(seen.shape[:2], dtype="i4")
        hidden = self.model.decoder(ids, jnp.ones_like(ids), positions, seen, mask).last_hidden_state
        shared = self.model.variables["params"]["shared"]["embedding"]
        return self.lm_head.apply({"params": {"kernel": shared.T}}, hidden) + self.final_logits_bias


class Captioner(FlaxMarianMTModel):
    """Generates as transformers' Marian does; only the encoder is another."""

    module_class = Outer

    def init_weights(self, rng, input_shape, params=None):
        edge = self.config.vision.image_size
        return self.module.init(rng, jnp.zeros((1, edge, edge, 3)), jnp.zeros((1, 1), dtype="i4"))["params"]

    def encode(self, input_ids, params=None, **_):
        seen = self.module.apply({"params": params}, input_ids, method=Outer.encode)
        return FlaxBaseModelOutput(last_hidden_state=seen)


def configs(size: str, words: int) -> tuple[CLIPVisionConfig, MarianConfig]:
    if size == "full":
        vision = CLIPVisionConfig()
        shape = {"d_model": 512, "decoder_layers": 6, "decoder_attention_heads": 8, "decoder_ffn_dim": 2048,
                 "max_position_embeddings": 512}
    else:
        vision = CLIPVisionConfig(hidden_size=24, intermediate_size=40, num_hidden_layers=2, num_attention_heads=3, image_size=32,
                                  patch_size=8, hidden_act="quick_gelu")
        shape = {"d_model": 16, "decoder_layers": 2, "decoder_attention_heads": 2, "decoder_ffn_dim": 20, "max_position_embeddings": 64}
    marian = MarianConfig(
        vocab_size=words, pad_token_id=words - 1, eos_token_id=0, bos_token_id=0, decoder_start_token_id=words - 1,
        forced_eos_token_id=0, activation_function="swish", scale_embedding=True, dropout=0.0, encoder_layers=shape["decoder_layers"],
        encoder_attention_heads=shape["decoder_attention_heads"], encoder_ffn_dim=shape["decoder_ffn_dim"], **shape)
    marian.vision = vision
    return vision, marian


def random_weights(model: Captioner, size: str) -> dict:
    """Every tensor random, norms and biases too, so that none can be left out or swapped unseen."""
    shapes = jax.eval_shape(lambda key: model.init_weights(key, None), jax.random.PRNGKey(0))
    rng = np.random.default_rng(11)
    flat = {}
    for path, leaf in flatten_dict(flax.core.unfreeze(shapes)).items():
        value = rng.standard_normal(leaf.shape, dtype=np.float32)
        if path[-1] == "scale":
            value = 1 + 0.2 * value
        elif path[-1] == "bias" or path == ("final_logits_bias",):
            value = 0.2 * value
        elif path[-2:] == ("shared", "embedding"):
            # Larger, and the word just said would win every time.
            value = value * (0.12 if size == "tiny" else 0.02)
        else:
            inner = int(np.prod(leaf.shape[:-1])) if path[-1] == "kernel" else leaf.shape[-1]
            value = value * inner ** -0.5
        flat[path] = value.astype(np.float32)
    # Or no caption would end by itself.
    flat[("final_logits_bias",)][0, 0] = ENDS[size]
    return flat


def labels_for(count: int, words: int) -> list[list[int]]:
    """Labels of 1 to 12 tokens and </s>, of words that are no padding."""
    return [[(7 * row + 13 * at * at + 1) % (words - 2) + 1 for at in range(row % 12 + 1)] + [0] for row in range(count)]


def main(size: str, out: Path, pixels: Path | None) -> None:
    out.mkdir(parents=True, exist_ok=True)
    vocabulary = json.loads((Path(__file__).parent / "fixtures/marian-formats/safetensors/vocab.json").read_text())
    words = 65001 if size == "full" else len(vocabulary)
    vision, marian = configs(size, words)
    model = Captioner(marian, _do_init=False)
    flat = random_weights(model, size)
    params = unflatten_dict(flat)
    (out / "flax_model.msgpack").write_bytes(msgpack_serialize(params))
    np.savez(out / "weights.npz", **{"/".join(path): value for path, value in flat.items()})
    described = {key: value for key, value in marian.to_dict().items() if key != "vision"}
    config = {"model_type": "clip-vision-marian", "is_encoder_decoder": True, "clip_vision_config": vision.to_dict(), "marian_config": described}
    (out / "config.json").write_text(json.dumps(config, indent=1, sort_keys=True) + "\n")
    values = tiny_pixels(TINY_PICTURES, vision.image_size) if pixels is None else np.load(pixels)
    values = values.transpose(0, 2, 3, 1)

    apply = jax.jit(lambda pixel_values, ids: jax.nn.log_softmax(model.module.apply({"params": params}, pixel_values, ids)))
    generate = jax.jit(lambda pixel_values: model.generate(
        pixel_values, params=params, num_beams=4, max_length=LONGEST, early_stopping=True, length_penalty=1.0,
        decoder_start_token_id=words - 1, pad_token_id=words - 1, eos_token_id=0, forced_eos_token_id=0))
    labels = labels_for(len(values), words)
    longest = max(map(len, labels))
    ids, scores, of_labels, of_first = [], [], [], []
    for picture, label in zip(values, labels):
        found = generate(picture[None])
        ids.append([token for token in np.asarray(found.sequences)[0, 1:].tolist() if token != words - 1])
        scores.append(float(found.scores[0]))
        padded = label + [words - 1] * (longest - len(label))
        log_probabilities = np.asarray(apply(picture[None], jnp.asarray([[words - 1, *padded[:-1]]])))[0]
        of_labels.append([float(log_probabilities[at, token]) for at, token in enumerate(label)])
        of_first.append([float(value) for value in log_probabilities[0]] if size == "tiny" else [])
        print(len(ids), file=sys.stderr, end="\r")
    versions = {"transformers": transformers.__version__, "jax": jax.__version__, "flax": flax.__version__}
    result = {"versions": versions, "longest": LONGEST, "beam4": {"ids": ids, "scores": scores}, "labels": labels,
              "label_log_probabilities": of_labels, "first_step_log_probabilities": of_first[:4]}
    (out / "flax.json").write_text(json.dumps(result, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]) if len(sys.argv) > 3 else None)
