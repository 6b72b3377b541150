"""Trains the repository's small English–Spanish Marian model; see README.md.

    python train.py CORPUS --out RUN --grammar grammar.tsv [--init CHECKPOINT] [--minutes 60] [--threads 1]

RUN gets `checkpoint.pt` (all that a resumed run needs), `log.jsonl` and, at the end, `model/`: a Hugging Face folder in fp16 that
`leyenda model convert` reads. A run that was stopped goes on when it is started again.
"""

import argparse
import json
import math
import os
import random
import shutil
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import sentencepiece
import torch
import torch.nn.functional as F
from transformers import MarianConfig, MarianMTModel, MarianTokenizer

from data import Pair, as_on_the_web, read_data

PIECES = 8000
LONGEST = 64
REPOSITORY = Path(__file__).resolve().parents[3]
TOKENIZER = ["source.spm", "target.spm", "vocab.json", "tokenizer_config.json"]


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--grammar", type=Path, help="pairs written by sample-web's `pairs`")
    parser.add_argument("--init", type=Path, help="a checkpoint to go on from; without it: a new vocabulary and random weights")
    parser.add_argument("--steps", type=int, default=20_000)
    parser.add_argument("--minutes", type=float, default=math.inf, help="the learning rate falls to 0 within these, or within the steps")
    parser.add_argument("--batch-tokens", type=int, default=3072)
    parser.add_argument("--learning-rate", type=float, default=5e-4)
    parser.add_argument("--warm-up", type=int, default=200)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


def make_vocabulary(pairs: list[Pair], folder: Path) -> None:
    """One unigram model for both languages, its ids in `vocab.json`, `<pad>` last."""
    folder.mkdir(parents=True, exist_ok=True)
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter([text for pair in pairs for text in pair]), model_prefix=str(folder / "source"), vocab_size=PIECES,
        character_coverage=0.9995, normalization_rule_name="nmt_nfkc", bos_id=-1, pad_id=-1, eos_id=0, unk_id=1, minloglevel=1)
    (folder / "source.vocab").unlink()
    (folder / "source.model").rename(folder / "source.spm")
    shutil.copy(folder / "source.spm", folder / "target.spm")
    model = sentencepiece.SentencePieceProcessor(model_file=str(folder / "source.spm"))
    vocabulary = {model.id_to_piece(i): i for i in range(PIECES)} | {"<pad>": PIECES}
    (folder / "vocab.json").write_text(json.dumps(vocabulary, ensure_ascii=False))
    (folder / "tokenizer_config.json").write_text(json.dumps({"source_lang": "en", "target_lang": "es", "separate_vocabs": False}))


def new_model() -> MarianMTModel:
    config = MarianConfig(
        vocab_size=PIECES + 1, d_model=256, encoder_layers=3, decoder_layers=2, encoder_attention_heads=8, decoder_attention_heads=8,
        encoder_ffn_dim=1024, decoder_ffn_dim=768, activation_function="swish", dropout=0.1, scale_embedding=True,
        max_position_embeddings=256, pad_token_id=PIECES, eos_token_id=0, bos_token_id=0, decoder_start_token_id=PIECES,
        forced_eos_token_id=0, tie_word_embeddings=True, share_encoder_decoder_embeddings=True)
    model = MarianMTModel(config)
    model.generation_config.update(num_beams=4, max_length=LONGEST, early_stopping=True, bad_words_ids=[[PIECES]])
    return model


def batches(pairs: list[Pair], encode, batch_tokens: int, chance: random.Random) -> Iterator[list[tuple[list[int], list[int]]]]:
    """One epoch: pairs of like length together, so many that the longest times the rows stays within `batch_tokens`."""
    rows = [encode(as_on_the_web(pair, chance)) for pair in pairs]
    rows.sort(key=lambda row: (len(row[1]) + chance.random() * 4, len(row[0])))
    groups, group, longest = [], [], 0
    for row in rows:
        longest = max(longest, len(row[0]), len(row[1]))
        if group and longest * (len(group) + 1) > batch_tokens:
            groups.append(group)
            group, longest = [], max(map(len, row))
        group.append(row)
    groups.append(group)
    chance.shuffle(groups)
    yield from groups


def padded(rows: list[list[int]], value: int) -> torch.Tensor:
    longest = max(map(len, rows))
    return torch.tensor([row + [value] * (longest - len(row)) for row in rows])


def loss_of(model: MarianMTModel, batch, device: str, smoothing: float) -> torch.Tensor:
    pad = model.config.pad_token_id
    source, target = (padded(list(rows), pad) for rows in zip(*batch, strict=True))
    start = torch.full((len(batch), 1), model.config.decoder_start_token_id)
    labels = target.masked_fill(target == pad, -100).to(device)
    with torch.autocast(device, torch.bfloat16, enabled=device == "cuda"):
        logits = model(
            input_ids=source.to(device), attention_mask=(source != pad).to(device),
            decoder_input_ids=torch.cat([start, target[:, :-1]], 1).to(device)).logits
    return F.cross_entropy(logits.float().flatten(0, 1), labels.flatten(), ignore_index=-100, label_smoothing=smoothing)


def main() -> None:
    options = read_arguments()
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    data = read_data(options.corpus, REPOSITORY / "datasets/sample/references.tsv", options.grammar)
    options.out.mkdir(parents=True, exist_ok=True)
    tokenizer_folder = options.init or options.out / "tokenizer"
    if not (tokenizer_folder / "vocab.json").exists():
        make_vocabulary(data.train, tokenizer_folder)
    tokenizer = MarianTokenizer.from_pretrained(tokenizer_folder)
    model = new_model() if options.init is None else MarianMTModel.from_pretrained(options.init, dtype=torch.float32)
    model.config.dropout = 0.1
    model.to(device)
    trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=0, betas=(0.9, 0.98), eps=1e-9, weight_decay=0.0)
    average = {name: value.detach().clone() for name, value in model.state_dict().items()}
    state = {"step": 0, "epoch": 0, "in_epoch": 0, "seconds": 0.0, "best": math.inf}
    saved = options.out / "checkpoint.pt"
    if saved.exists():
        kept = torch.load(saved, map_location=device, weights_only=True)
        model.load_state_dict(kept["model"])
        optimizer.load_state_dict(kept["optimizer"])
        average, state = kept["average"], kept["state"]
    log = open(options.out / "log.jsonl", "a", buffering=1)
    started = time.monotonic() - state["seconds"]
    stop = []
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.append(True))

    def encode(pair: Pair) -> tuple[list[int], list[int]]:
        return (tokenizer(pair[0], truncation=True, max_length=LONGEST).input_ids,
                tokenizer(text_target=pair[1], truncation=True, max_length=LONGEST).input_ids)

    dev = list(batches(data.dev, encode, options.batch_tokens, random.Random(0)))

    def dev_loss() -> float:
        """Of the averaged weights, without smoothing, per token."""
        own = {name: value.clone() for name, value in model.state_dict().items()}
        model.load_state_dict(average)
        model.eval()
        with torch.no_grad():
            counts = [sum(len(target) for _, target in batch) for batch in dev]
            total = sum(loss_of(model, batch, device, 0.0).item() * count for batch, count in zip(dev, counts, strict=True))
        model.load_state_dict(own)
        model.train()
        return total / sum(counts)

    def save() -> None:
        state["seconds"] = time.monotonic() - started
        torch.save({"model": model.state_dict(), "optimizer": optimizer.state_dict(), "average": average, "state": state}, f"{saved}.part")
        os.replace(f"{saved}.part", saved)

    def progress() -> float:
        return max(state["step"] / options.steps, (time.monotonic() - started) / 60 / options.minutes)

    print(f"{len(data.train)} pairs, {sum(p.numel() for p in trained):,} parameters, {device}; dev loss {dev_loss():.4f}", flush=True)
    model.train()
    last = 0.0
    while progress() < 1 and not stop:
        # The epoch's order is a function of seed and epoch, so a resumed run can go on in its middle.
        order = batches(data.train, encode, options.batch_tokens, random.Random(options.seed * 1000 + state["epoch"]))
        for index, batch in enumerate(order):
            if index < state["in_epoch"]:
                continue
            rate = options.learning_rate * min(1, (state["step"] + 1) / options.warm_up) * max(0.0, 1 - progress())
            for group in optimizer.param_groups:
                group["lr"] = rate
            loss = loss_of(model, batch, device, 0.1)
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(trained, 1.0)
            optimizer.step()
            state["step"] += 1
            state["in_epoch"] = index + 1
            last = 0.98 * (last or loss.item()) + 0.02 * loss.item()
            keep = min(0.998, state["step"] / (state["step"] + 10))
            with torch.no_grad():
                # Marian's own files have no row for `<pad>`: the decoder starts from a zero vector there, and so here.
                model.model.shared.weight[model.config.pad_token_id] = 0
                for name, value in model.state_dict().items():
                    average[name].lerp_(value, 1 - keep) if value.is_floating_point() else average[name].copy_(value)
            if state["step"] % 20 == 0:
                log.write(json.dumps({"step": state["step"], "epoch": state["epoch"], "loss": round(last, 4), "rate": rate,
                                      "seconds": round(time.monotonic() - started)}) + "\n")
            if state["step"] % 200 == 0:
                save()
                log.write(json.dumps({"step": state["step"], "devLoss": round(dev_loss(), 4)}) + "\n")
            if stop or progress() >= 1:
                break
        else:
            state |= {"epoch": state["epoch"] + 1, "in_epoch": 0}
    save()
    log.write(json.dumps({"step": state["step"], "devLoss": round(dev_loss(), 4), "seconds": round(state["seconds"])}) + "\n")
    export(model, average, tokenizer_folder, options.out / "model")


def export(model: MarianMTModel, weights: dict, tokenizer_folder: Path, out: Path) -> None:
    model.load_state_dict(weights)
    model.half().save_pretrained(out)
    for name in TOKENIZER:
        shutil.copyfile(tokenizer_folder / name, out / name)


if __name__ == "__main__":
    main()
