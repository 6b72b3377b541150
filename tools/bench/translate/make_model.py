"""Makes a full-size Marian checkpoint with random weights in Hugging Face layout, for benchmarks and parity.

The shape is opus-mt-en-es's: width 512, 6 + 6 layers, 8 heads, 2,048 in the feed-forward layers, a vocabulary of 65,001. The tokenizer is that
of a real opus-mt model whose vocabulary is smaller; its ids lie at the front, and `<pad>` is moved to the end.

Random weights never end a sentence by themselves. For parity the bias of `</s>` is set by bisection such that greedy translations of real
captions have a realistic mean length, though any length at all. For benchmarks, `--endless`, no translation ends before its longest length.

    python make_model.py TOKENIZER_FOLDER CAPTIONS.tsv OUT_FOLDER [--endless]
"""

import json
import shutil
import sys
from pathlib import Path

import torch
from transformers import MarianConfig, MarianMTModel, MarianTokenizer

VOCABULARY = 65001
PAD = VOCABULARY - 1
MEAN_TOKENS = 14
# As unlikely as no end should be, and small enough for any peer's arithmetic.
NO_END = -100.0


def main(tokenizer_folder: Path, captions: Path, out: Path, endless: bool) -> None:
    torch.manual_seed(20210716)
    config = MarianConfig(
        vocab_size=VOCABULARY, d_model=512, encoder_layers=6, decoder_layers=6,
        encoder_attention_heads=8, decoder_attention_heads=8, encoder_ffn_dim=2048, decoder_ffn_dim=2048,
        activation_function="swish", max_position_embeddings=512, scale_embedding=True,
        pad_token_id=PAD, eos_token_id=0, bos_token_id=0, decoder_start_token_id=PAD, forced_eos_token_id=0,
        tie_word_embeddings=True, share_encoder_decoder_embeddings=True, init_std=0.02,
    )
    model = MarianMTModel(config).eval()
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if "layer_norm" in name:
                continue
            # Random, but of the size that training gives: attention that looks somewhere, choices that differ.
            parameter.copy_(torch.randn_like(parameter) * (0.045 if parameter.dim() == 2 else 0.02))
        model.model.shared.weight[PAD] = 0
        model.model.encoder.embed_tokens.weight = model.model.shared.weight
        model.model.decoder.embed_tokens.weight = model.model.shared.weight
        model.lm_head.weight = model.model.shared.weight
        model.final_logits_bias.copy_(torch.randn(1, VOCABULARY) * 0.5)
        model.final_logits_bias[0, PAD] = 0
    out.mkdir(parents=True, exist_ok=True)
    for name in ["source.spm", "target.spm", "tokenizer_config.json"]:
        shutil.copyfile(tokenizer_folder / name, out / name)
    vocabulary = json.loads((tokenizer_folder / "vocab.json").read_text())
    # Peers want a piece for every id.
    vocabulary |= {f"▁unused{i}": i for i in range(len(vocabulary) - 1, PAD)}
    vocabulary["<pad>"] = PAD
    (out / "vocab.json").write_text(json.dumps(vocabulary, ensure_ascii=False))
    tokenizer_config = json.loads((out / "tokenizer_config.json").read_text())
    (out / "tokenizer_config.json").write_text(json.dumps(tokenizer_config))
    tokenizer = MarianTokenizer.from_pretrained(out)

    model.generation_config.update(
        num_beams=1, max_length=64, bad_words_ids=[[PAD]], forced_eos_token_id=0,
        pad_token_id=PAD, decoder_start_token_id=PAD, eos_token_id=0, early_stopping=False,
    )
    if endless:
        model.final_logits_bias[0, 0] = NO_END
    else:
        set_length(model, tokenizer, captions)
    model.generation_config.update(num_beams=4, early_stopping=True)
    model.save_pretrained(out)


def set_length(model: MarianMTModel, tokenizer: MarianTokenizer, captions: Path) -> None:
    texts = [line.split("\t")[0] for line in captions.read_text().splitlines()[:96]]
    inputs = tokenizer(texts, return_tensors="pt", padding=True, truncation=True, max_length=64)
    low, high = 0.0, 20.0
    for _ in range(9):
        middle = (low + high) / 2
        model.final_logits_bias[0, 0] = middle
        with torch.no_grad():
            ids = model.generate(**inputs)
        mean = float(((ids != PAD).sum(1)).float().mean())
        lengths = (ids != PAD).sum(1)
        print(f"bias {middle:.3f}: {mean:.1f} tokens, {int(lengths.min())} to {int(lengths.max())}", flush=True)
        if mean > MEAN_TOKENS:
            low = middle
        else:
            high = middle


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]), "--endless" in sys.argv[4:])
