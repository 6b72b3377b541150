"""Makes small random Marian models with a vocabulary for each language, and records what transformers says with them, also where runs of
several tokens are banned.

    pip install -r tools/oracle/requirements-marian.txt
    python tools/oracle/marian_vocabularies.py tools/oracle/fixtures/marian-vocabularies

    separate          the output tied to the decoder's table of embeddings
    separate-untied   the same, and an output of its own
"""

import io
import json
import os
import sys
from collections import Counter

import sentencepiece
import torch
from safetensors.torch import save_file
from transformers import MarianConfig, MarianMTModel, MarianTokenizer

from marian_formats import TEXTS, said_twice

TARGET_TEXTS = [
    "un perro negro en la playa", "dos gatos", "el coche rojo está en la calle", "una mujer lee un libro", "la casa vieja junto al río",
    "hombres y mujeres en el parque", "pájaros blancos sobre el mar", "un niño con una pelota corre por el jardín", "nieve en la montaña",
]
LONGEST = 20
KINDS = {"separate": (True, True), "separate-untied": (False, False)}


def train(folder: str, name: str, texts: list[str], size: int) -> dict[str, int]:
    trained = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(texts * 3), model_writer=trained, vocab_size=size, hard_vocab_limit=False, bos_id=-1, pad_id=-1,
        eos_id=0, unk_id=1, normalization_rule_name="identity", minloglevel=2)
    with open(os.path.join(folder, name), "wb") as file:
        file.write(trained.getvalue())
    model = sentencepiece.SentencePieceProcessor(model_file=os.path.join(folder, name))
    words = model.get_piece_size()
    return {model.id_to_piece(i): i for i in range(words)} | {"<pad>": words}


def make(folder: str, tied: bool, renormalize: bool) -> MarianMTModel:
    os.makedirs(folder, exist_ok=True)

    def write(name: str, value: object) -> None:
        with open(os.path.join(folder, name), "w") as file:
            json.dump(value, file, ensure_ascii=False)

    source = train(folder, "source.spm", TEXTS, 50)
    target = train(folder, "target.spm", TARGET_TEXTS, 70)
    write("vocab.json", source)
    write("target_vocab.json", target)
    write("tokenizer_config.json", {"source_lang": "en", "target_lang": "es", "separate_vocabs": True})
    torch.manual_seed(len(folder))
    config = MarianConfig(
        vocab_size=len(source), decoder_vocab_size=len(target), d_model=16, encoder_layers=1, decoder_layers=2, encoder_attention_heads=2,
        decoder_attention_heads=2, encoder_ffn_dim=12, decoder_ffn_dim=20, activation_function="swish", scale_embedding=True,
        max_position_embeddings=64, pad_token_id=source["<pad>"], eos_token_id=0, bos_token_id=0, decoder_start_token_id=target["<pad>"],
        forced_eos_token_id=0, init_std=0.5, dropout=0.0, share_encoder_decoder_embeddings=False, tie_word_embeddings=tied)
    model = MarianMTModel(config).eval()
    with torch.no_grad():
        for name, tensor in model.state_dict().items():
            if "embed_positions" not in name:
                if tensor.ndim == 1 or name == "final_logits_bias":
                    tensor.add_(torch.randn_like(tensor) * 0.2)
                # Or the word just said would win every time.
                if "embed_tokens" in name:
                    tensor.mul_(0.35)
                tensor.copy_(tensor.to(torch.bfloat16).float())
    state = {name: tensor.contiguous().clone() for name, tensor in model.state_dict().items() if "embed_positions" not in name}
    if tied:
        assert torch.equal(state["lm_head.weight"], state["model.decoder.embed_tokens.weight"])
        del state["lm_head.weight"]
    else:
        assert not torch.equal(model.lm_head.weight, model.get_decoder().embed_tokens.weight)
    save_file(state, os.path.join(folder, "model.safetensors"))
    model.generation_config.update(
        bad_words_ids=[[target["<pad>"]]], num_beams=4, max_length=LONGEST, early_stopping=True, renormalize_logits=renormalize)
    return model


def generate(model: MarianMTModel, tokenizer: MarianTokenizer, beams: int) -> list[list[int]]:
    found = []
    for text in TEXTS:
        batch = tokenizer([text], return_tensors="pt", truncation=True, max_length=LONGEST)
        found.append(said_twice(lambda: model.generate(**batch, num_beams=beams, do_sample=False)[0].tolist())[1:])
    return found


def frequent_runs(said: list[list[int]]) -> list[list[int]]:
    """Of two, of three, and of two with the end: so that banning them changes much."""
    def most(size: int, ends: bool) -> list[int]:
        runs = Counter(tuple(ids[i:i + size]) for ids in said for i in range(len(ids) - size + 1) if (ids[i + size - 1] == 0) == ends)
        return next(list(run) for run, _ in runs.most_common() if size == 2 or list(run[-2:]) != pair)

    pair: list[int] = []
    pair = most(2, False)
    return [pair, most(3, False), most(2, True)]


def main(out: str) -> None:
    expected = {"texts": TEXTS, "max_length": LONGEST}
    for name, options in KINDS.items():
        folder = os.path.join(out, name)
        model = make(folder, *options)
        tokenizer = MarianTokenizer.from_pretrained(folder)
        said = {"greedy": generate(model, tokenizer, 1), "beam4": generate(model, tokenizer, 4)}
        runs = frequent_runs(said["greedy"] + said["beam4"])
        free = dict(said)
        model.generation_config.bad_words_ids = model.generation_config.bad_words_ids + runs
        said = {"greedy": generate(model, tokenizer, 1), "beam4": generate(model, tokenizer, 4)}
        changed = sum(a != b for which in said for a, b in zip(said[which], free[which], strict=True))
        print(f"{name}: banning {runs} changes {changed} of {2 * len(TEXTS)}")
        model.config.save_pretrained(folder)
        model.generation_config.save_pretrained(folder)
        labels = [tokenizer(text_target=text).input_ids for text in TARGET_TEXTS]
        sources = [tokenizer(text, truncation=True, max_length=LONGEST).input_ids for text in TEXTS]
        expected[name] = {"sources": sources, "labels": labels, "free": free, "banned": said, "decoded": tokenizer.batch_decode(said["beam4"], skip_special_tokens=True)}
    with open(os.path.join(out, "expected.json"), "w") as file:
        json.dump(expected | {"target_texts": TARGET_TEXTS}, file, ensure_ascii=False)


if __name__ == "__main__":
    main(sys.argv[1])
