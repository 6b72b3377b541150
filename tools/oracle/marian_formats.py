"""Writes one Marian model in every format that packages/marian reads, and what Python says its words are.

    pip install -r tools/oracle/requirements-marian.txt
    python tools/oracle/marian_formats.py tiny tools/oracle/fixtures/marian-formats
    python tools/oracle/marian_formats.py sample CORPUS/marian/sample-en-es OUT      # the trained model: 100 MB, not committed

`tiny` is random, in values that bfloat16 holds exactly, so every element type holds the same weights. The ONNX exports are made
by optimum, which needs its own environment: see marian_onnx_export.py. Every folder has the weights and what lies beside them;
`expected.json` has the ids for each text.
"""
import io
import json
import os
import shutil
import sys

import numpy as np
import torch
import sentencepiece
from safetensors.torch import save_file
from transformers import MarianConfig, MarianMTModel, MarianTokenizer

import marian_files
from marian_numpy import Marian

TEXTS = [
    "a black dog on the beach", "two cats", "the red car is in the street", "a woman reads a book", "the old house near the river",
    "men and women in the park", "a", "the dog and the cat and the dog and the cat and the dog", "white birds over the sea", "",
    "a boy with a ball runs in the garden", "snow on the mountain", "the sun", "children play", "an empty road at night",
]
LONGEST = 24
TOKENIZER = ["source.spm", "target.spm", "vocab.json", "tokenizer_config.json"]


def train_tiny_tokenizer(folder: str) -> int:
    trained = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(TEXTS * 3), model_writer=trained, vocab_size=60, hard_vocab_limit=False, bos_id=-1, pad_id=-1,
        eos_id=0, unk_id=1, normalization_rule_name="identity", minloglevel=2)
    with open(os.path.join(folder, "source.spm"), "wb") as file:
        file.write(trained.getvalue())
    shutil.copy(os.path.join(folder, "source.spm"), os.path.join(folder, "target.spm"))
    model = sentencepiece.SentencePieceProcessor(model_file=os.path.join(folder, "source.spm"))
    words = model.get_piece_size()
    vocabulary = {model.id_to_piece(i): i for i in range(words)} | {"<pad>": words}
    json.dump(vocabulary, open(os.path.join(folder, "vocab.json"), "w"), ensure_ascii=False)
    json.dump({"source_lang": "en", "target_lang": "es", "separate_vocabs": False}, open(os.path.join(folder, "tokenizer_config.json"), "w"))
    return words


def make_tiny(folder: str) -> MarianMTModel:
    os.makedirs(folder, exist_ok=True)
    words = train_tiny_tokenizer(folder)
    torch.manual_seed(20)
    config = MarianConfig(
        vocab_size=words + 1, d_model=8, encoder_layers=2, decoder_layers=2, encoder_attention_heads=2, decoder_attention_heads=2,
        encoder_ffn_dim=12, decoder_ffn_dim=20, activation_function="swish", scale_embedding=True, max_position_embeddings=64,
        pad_token_id=words, eos_token_id=0, bos_token_id=0, decoder_start_token_id=words, forced_eos_token_id=0, init_std=0.5,
        dropout=0.0, share_encoder_decoder_embeddings=True)
    model = MarianMTModel(config).eval()
    with torch.no_grad():
        for name, tensor in model.state_dict().items():
            if "embed_positions" not in name:
                # Norms and biases that are not all ones and zeros, so that none can be left out or swapped unseen.
                if tensor.ndim == 1 or name == "final_logits_bias":
                    tensor.add_(torch.randn_like(tensor) * 0.2)
                tensor.copy_(tensor.to(torch.bfloat16).float())
        # Or the word just said would win every time.
        model.model.shared.weight.mul_(0.5)
        model.model.shared.weight[words] = 0
        model.final_logits_bias[0, words] = 0
    model.generation_config.update(
        bad_words_ids=[[words]], num_beams=4, max_length=LONGEST, early_stopping=True, renormalize_logits=True)
    return model


def state_of(model: MarianMTModel) -> dict:
    """What a hub checkpoint holds: the shared embedding once, no positions."""
    skip = ("embed_positions", "embed_tokens", "lm_head")
    return {name: t.contiguous() for name, t in model.state_dict().items() if not any(part in name for part in skip)}


def texts_of(folder: str) -> list[str]:
    expected = os.path.join(folder, "expected.greedy.tsv")
    return [line.split("\t")[0] for line in open(expected)] if os.path.exists(expected) else TEXTS


def said_twice(say) -> list[int]:
    """Of 1,000 captions with 4 beams, 2 came out otherwise than in every later run; so what counts is what two runs say."""
    said: list[list[int]] = []
    while True:
        said.append(say())
        if said[-1] in said[:-1]:
            return said[-1]


def generate(model, tokenizer, texts: list[str], beams: int) -> list[list[int]]:
    found = []
    for text in texts:
        batch = tokenizer([text], return_tensors="pt", truncation=True, max_length=LONGEST if len(texts) < 100 else 64)
        ids = said_twice(lambda: model.generate(**batch, num_beams=beams, do_sample=False)[0].tolist())
        end = next((i + 1 for i, token in enumerate(ids) if i > 0 and token == 0), len(ids))
        found.append(ids[1:end])
    return found


def main() -> None:
    kind, *rest = sys.argv[1:]
    out = rest[-1]
    if kind == "tiny":
        base = os.path.join(out, "safetensors")
        model = make_tiny(base)
    else:
        base = rest[0]
        model = MarianMTModel.from_pretrained(base).float().eval()
        model.generation_config.renormalize_logits = True
        # Marian's files have no row for the padding token; transformers' converter makes one of zeros, as all of opus-mt has it. The
        # trained checkpoint's is not zero, and no file of Marian's could say the same weights.
        with torch.no_grad():
            model.model.shared.weight[model.config.pad_token_id] = 0
            model.final_logits_bias[0, model.config.pad_token_id] = 0
    state, config = state_of(model), model.config.to_dict()
    texts = texts_of(base)

    def folder(name: str, with_config: bool = True) -> str:
        path = os.path.join(out, name)
        os.makedirs(path, exist_ok=True)
        for file in TOKENIZER if with_config else []:
            if os.path.join(base, file) != os.path.join(path, file):
                shutil.copy(os.path.join(base, file), path)
        if with_config:
            model.config.save_pretrained(path)
            model.generation_config.save_pretrained(path)
        return path

    element = {"fp32": torch.float32, "bf16": torch.bfloat16} if kind == "tiny" else {"fp32": torch.float32, "fp16": torch.float16}
    save_file(state, os.path.join(folder("safetensors"), "model.safetensors"))
    for name, dtype in element.items():
        cast = {key: tensor.to(dtype) for key, tensor in state.items()}
        torch.save(cast, os.path.join(folder("pytorch-" + name), "pytorch_model.bin"))
    halves = {key: tensor.half() for key, tensor in state.items()}
    torch.save(halves, os.path.join(folder("pytorch-legacy"), "pytorch_model.bin"), _use_new_zipfile_serialization=False)

    params, opts = marian_files.from_hugging_face(state, config), marian_files.options(config)
    parameters = sum(x.size for x in params.values())

    def marian_folder(name: str) -> str:
        path = folder(name, with_config=False)
        if kind == "tiny":
            shutil.copy(os.path.join(base, "source.spm"), os.path.join(path, "vocab.enes.spm"))
        else:
            for file in ("source.spm", "target.spm"):
                shutil.copy(os.path.join(base, file), path)
            vocabulary = json.load(open(os.path.join(base, "vocab.json")))
            vocabulary.pop("<pad>")
            with open(os.path.join(path, "opus.vocab.yml"), "w") as file:
                file.writelines(f"{json.dumps(piece, ensure_ascii=False)}: {i}\n" for piece, i in vocabulary.items())
        return path

    marian_files.write_npz(os.path.join(marian_folder("marian-npz"), "model.npz"), params, opts)
    marian_files.write_bin(os.path.join(marian_folder("marian-bin"), "model.bin"), params, opts)
    marian_files.write_bin(os.path.join(marian_folder("marian-bin-float16"), "model.bin"), params, opts, "float16")

    tokenizer = MarianTokenizer.from_pretrained(base)
    expected = {"texts": texts, "max_length": LONGEST if len(texts) < 100 else 64, "parameters": parameters, "greedy": generate(model, tokenizer, texts, 1), "beam4": generate(model, tokenizer, texts, 4)}
    if kind == "tiny":
        spm = sentencepiece.SentencePieceProcessor(model_file=os.path.join(base, "source.spm"))
        rng = np.random.default_rng(7)

        def say(p: dict, o: dict) -> list[dict]:
            numpy_model = Marian(p, o)
            return [dict(zip(("ids", "score"), numpy_model.greedy(spm.encode(text) + [0], LONGEST - 1))) for text in texts]

        ssru, width = dict(params), config["d_model"]
        for n in range(config["decoder_layers"]):
            name = f"decoder_l{n + 1}"
            for key in [key for key in ssru if key.startswith(name + "_self")]:
                del ssru[key]
            normal = lambda *shape: rng.normal(0, 0.4, shape).astype(np.float16).astype(np.float32)
            ssru |= {name + "_rnn_W": normal(width, width), name + "_rnn_Wf": normal(width, width), name + "_rnn_bf": normal(1, width),
                     name + "_rnn_ffn_ln_scale": np.float32(1) + np.round(normal(1, width) * 64) / np.float32(64), name + "_rnn_ffn_ln_bias": normal(1, width)}
        ssru_opts = opts | {"transformer-decoder-autoreg": "rnn", "dec-cell": "ssru", "transformer-ffn-activation": "relu"}
        marian_files.write_npz(os.path.join(marian_folder("ssru-npz"), "model.npz"), ssru, ssru_opts, compressed=True)
        marian_files.write_bin(os.path.join(marian_folder("ssru-bin-float16"), "model.bin"), ssru, ssru_opts, "float16")
        expected |= {"marian": say(params, opts), "ssru": say(ssru, ssru_opts)}
        for integers, upstream in (("intgemm8", False), ("intgemm16", True)):
            marian_files.write_bin(os.path.join(marian_folder("ssru-bin-" + integers), "model.bin"), ssru, ssru_opts, integers, upstream)
            expected["ssru-" + integers] = say(marian_files.dequantized(ssru, integers), ssru_opts)
    json.dump(expected, open(os.path.join(out, "expected.json"), "w"), ensure_ascii=False)


if __name__ == "__main__":
    main()
