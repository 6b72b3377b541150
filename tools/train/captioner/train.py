"""Trains CLIP-Vision-Marian on a dataset that Leyenda built; see README.md.

    python train.py CONFIG DATASET --marian CHECKPOINT --out RUN [--clip CHECKPOINT] [--steps N] ...
    torchrun --nproc-per-node 8 train.py ...                   a process for each device

Goes on from RUN/checkpoint.pt when there is one, and leaves RUN/model, which `leyenda model convert` reads.
"""

import argparse
import json
import os
import time
from pathlib import Path

import torch
import torch.distributed as dist
from torch.utils.data import DataLoader
from torch.utils.tensorboard import SummaryWriter
from transformers import MarianTokenizer

from data import Captioned, Order, collate, normalise
from model import build


def parameter_groups(model: torch.nn.Module, decay: float) -> list[dict]:
    """Biases and layer norms are not decayed, as in the original's Flax script."""
    norms = {id(each) for module in model.modules() if isinstance(module, torch.nn.LayerNorm) for each in module.parameters()}
    named = [(name, each) for name, each in model.named_parameters() if each.requires_grad]
    plain = [each for name, each in named if name.endswith("bias") or id(each) in norms]
    kept = {id(each) for each in plain}
    return [
        {"params": [each for _, each in named if id(each) not in kept], "weight_decay": decay},
        {"params": plain, "weight_decay": 0.0},
    ]


def rate(step: int, warmup: int, steps: int) -> float:
    """Share of the learning rate: up linearly, then down to nothing."""
    return min((step + 1) / warmup, max(0.0, (steps - step) / max(1, steps - warmup)))


def token_losses(model, batch: dict, device) -> torch.Tensor:
    """Cross entropy of each caption's tokens, [tokens]."""
    batch = {name: tensor.to(device, non_blocking=True) for name, tensor in batch.items()}
    with torch.autocast(device.type, torch.bfloat16, enabled=device.type == "cuda"):
        logits = model(pixel_values=normalise(batch["pixels"]), decoder_input_ids=batch["inputs"]).logits
    labels = batch["labels"].flatten()
    return torch.nn.functional.cross_entropy(logits.float().flatten(0, 1), labels, reduction="none")[labels != -100]


@torch.no_grad()
def evaluate(model, batches: DataLoader, device) -> float:
    """The original's measure: the mean over whole batches of their mean losses."""
    model.eval()
    losses = [token_losses(model, batch, device).mean().item() for batch in batches]
    model.train()
    return sum(losses) / len(losses)


def save(path: Path, state: dict) -> None:
    torch.save(state, path.with_suffix(".incomplete"))
    os.replace(path.with_suffix(".incomplete"), path)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("config", type=Path)
    parser.add_argument("dataset")
    parser.add_argument("--marian", required=True, help="Hugging Face folder of the translator: its decoder and tokenizer")
    parser.add_argument("--clip", help="Hugging Face folder of CLIP, whose vision tower is begun from; else it is random, of the config's shape")
    parser.add_argument("--random-decoder", action="store_true", help="take the translator's shape and tokenizer only")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--steps", type=int, help="instead of the config's; the learning rate is gone at its end")
    parser.add_argument("--stop-after", type=int, help="end after this step, as if stopped, with a checkpoint")
    parser.add_argument("--batch-size", type=int, help="a device, instead of the config's")
    parser.add_argument("--workers", type=int, default=0, help="processes that read pictures")
    args = parser.parse_args()
    config = json.loads(args.config.read_text())
    recipe = config["train"]
    steps, batch_size = args.steps or recipe["steps"], args.batch_size or recipe["batch_size"]

    world, rank = int(os.environ.get("WORLD_SIZE", 1)), int(os.environ.get("RANK", 0))
    device = torch.device("cuda", int(os.environ.get("LOCAL_RANK", 0))) if torch.cuda.is_available() else torch.device("cpu")
    if world > 1:
        dist.init_process_group("nccl" if device.type == "cuda" else "gloo")
    torch.manual_seed(recipe["seed"])
    tokenizer = MarianTokenizer.from_pretrained(args.marian)
    core = build(config["encoder"], args.marian, args.clip, args.random_decoder).to(device).train()
    model = torch.nn.parallel.DistributedDataParallel(core, find_unused_parameters=True) if world > 1 else core
    optimizer = torch.optim.AdamW(
        parameter_groups(core, recipe["weight_decay"]), lr=recipe["learning_rate"], betas=tuple(recipe["betas"]), eps=recipe["epsilon"]
    )

    edge, in_memory = core.config.encoder.image_size, recipe.get("in_memory", False)
    split = lambda name: Captioned(args.dataset, name, tokenizer, edge, recipe["max_length"], in_memory)  # noqa: E731
    train = split("train")
    sampler = Order(train, world, rank, seed=recipe["seed"], drop_last=True)
    options = {"batch_size": batch_size, "collate_fn": collate(tokenizer.pad_token_id), "drop_last": True, "num_workers": args.workers}
    batches = DataLoader(train, sampler=sampler, **options)
    held_out = DataLoader(split("validation"), **options)
    in_epoch = len(batches)
    if in_epoch == 0 or len(held_out) == 0:
        raise SystemExit(f"a split has fewer rows than a batch of {batch_size}: lower --batch-size")

    args.out.mkdir(parents=True, exist_ok=True)
    checkpoint, step = args.out / "checkpoint.pt", 0
    if checkpoint.exists():
        state = torch.load(checkpoint, map_location=device, weights_only=True)
        if state["steps"] != steps or state["batch"] != batch_size * world:
            raise SystemExit(f"{checkpoint} is of {state['steps']} steps of {state['batch']} rows; another --out, or the same numbers")
        core.load_state_dict(state["model"])
        optimizer.load_state_dict(state["optimizer"])
        step = state["step"]
        if rank == 0:
            print(f"going on after step {step}", flush=True)
    writer = SummaryWriter(args.out / "tensorboard", purge_step=step) if rank == 0 else None

    def keep() -> None:
        if rank == 0:
            state = {"model": core.state_dict(), "optimizer": optimizer.state_dict()}
            save(checkpoint, {**state, "step": step, "steps": steps, "batch": batch_size * world})

    last = min(steps, args.stop_after or steps)
    began, seen, total = time.monotonic(), 0, 0.0
    while step < last:
        epoch, done = divmod(step, in_epoch)
        sampler.set_epoch(epoch)
        sampler.skip = done * batch_size
        for batch in batches:
            # The same at every step, whether the run was stopped before it or not.
            torch.manual_seed(recipe["seed"] * 1_000_003 + step * world + rank)
            if recipe.get("flip", False):
                flipped = torch.rand(batch_size) < 0.5
                batch["pixels"][flipped] = batch["pixels"][flipped].flip(-1)
            for group in optimizer.param_groups:
                group["lr"] = recipe["learning_rate"] * rate(step, recipe["warmup_steps"], steps)
            loss = token_losses(model, batch, device).mean()
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()
            step, seen, total = step + 1, seen + 1, total + loss.item()
            if seen == recipe["log_every"] or step == last:
                seconds = time.monotonic() - began
                if writer is not None:
                    writer.add_scalar("train_loss", total / seen, step)
                    writer.add_scalar("train_learning_rate", optimizer.param_groups[0]["lr"], step)
                    print(json.dumps({"step": step, "loss": round(total / seen, 4), "rows/s": round(seen * batch_size * world / seconds, 1)}), flush=True)
                began, seen, total = time.monotonic(), 0, 0.0
            if step % recipe["eval_every"] == 0 or step == last:
                if writer is not None:
                    loss_seed = evaluate(core, held_out, device)
                    writer.add_scalar("eval_loss", loss_seed, step)
                    print(json.dumps({"step": step, "eval_loss": round(loss_seed, 4)}), flush=True)
                began = time.monotonic()
            if step % recipe["save_every"] == 0 or step == last:
                keep()
            if step == last:
                break
    if rank == 0 and step == steps:
        core.save_pretrained(args.out / "model")
        tokenizer.save_pretrained(args.out / "model")
        print(f"{args.out / 'model'} is what `leyenda model convert` reads", flush=True)
    if world > 1:
        dist.barrier()
        dist.destroy_process_group()


if __name__ == "__main__":
    main()
