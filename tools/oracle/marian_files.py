"""Writes Marian's own files, and turns Hugging Face weights into Marian's names."""
import struct

import numpy as np
import yaml

OPTIONS = {
    "type": "transformer", "transformer-ffn-depth": 2, "transformer-preprocess": "", "transformer-postprocess": "dan",
    "transformer-postprocess-emb": "d", "tied-embeddings-all": True, "transformer-train-position-embeddings": False,
    "transformer-tied-layers": [], "transformer-no-projection": False, "skip": False, "version": "v1.12.0", "max-length": 100,
}


def options(config: dict, **more) -> dict:
    """`special:model.yml` of a Hugging Face configuration."""
    words = config["vocab_size"] - 1
    return {
        **OPTIONS, "dim-emb": config["d_model"], "dim-vocabs": [words, words], "enc-depth": config["encoder_layers"],
        "dec-depth": config["decoder_layers"], "transformer-heads": config["encoder_attention_heads"],
        "transformer-dim-ffn": config["encoder_ffn_dim"], "transformer-ffn-activation": config["activation_function"],
        "transformer-decoder-autoreg": "self-attention", "dec-cell": "gru", "beam-size": 1, "normalize": 1, **more,
    }


def from_hugging_face(state: dict, config: dict) -> dict:
    """Parameters by Marian's names: [in, out] matrices, [1, n] vectors, no row for the padding token."""
    get = lambda name: np.asarray(state["model." + name], np.float32)
    out = {"Wemb": get("shared.weight")[:-1], "decoder_ff_logit_out_b": np.asarray(state["final_logits_bias"], np.float32)[:, :-1]}

    def linear(to, which, name):
        out[f"{to}_W{which}"] = get(name + ".weight").T.copy()
        out[f"{to}_b{which}"] = get(name + ".bias")[None]

    def norm(to, name):
        out[to + "_ln_scale"], out[to + "_ln_bias"] = get(name + ".weight")[None], get(name + ".bias")[None]

    for side in ("encoder", "decoder"):
        for n in range(config[side + "_layers"]):
            to, name = f"{side}_l{n + 1}", f"{side}.layers.{n}"
            for short, long in [("self", "self_attn")] + ([("context", "encoder_attn")] if side == "decoder" else []):
                for which, full in zip("qkvo", ("q_proj", "k_proj", "v_proj", "out_proj")):
                    linear(f"{to}_{short}", which, f"{name}.{long}.{full}")
                norm(f"{to}_{short}_Wo", f"{name}.{long}_layer_norm")
            linear(to + "_ffn", "1", name + ".fc1")
            linear(to + "_ffn", "2", name + ".fc2")
            norm(to + "_ffn_ffn", name + ".final_layer_norm")
    return out


def model_yml(opts: dict) -> np.ndarray:
    return np.frombuffer(yaml.safe_dump(opts).encode() + b"\0", np.int8)


def write_npz(path: str, params: dict, opts: dict, compressed: bool = False) -> None:
    save = np.savez_compressed if compressed else np.savez
    save(path, **params, **{"special:model.yml": model_yml(opts)})


def quantize(x: np.ndarray, kind: str) -> tuple[np.ndarray, np.float32]:
    """Integers and what they were multiplied with."""
    limit, dtype = (127, np.int8) if kind == "intgemm8" else (2047, np.int16)
    multiplier = np.float32(limit / np.abs(x).max())
    return np.clip(np.round(x * multiplier), -limit, limit).astype(dtype), multiplier


def dequantized(params: dict, kind: str) -> dict:
    """What a reader of the quantised file must get."""
    result = {}
    for name, x in params.items():
        if "_W" in name and "_ln_" not in name or name == "Wemb":
            q, multiplier = quantize(x, kind)
            result[name] = (q.astype(np.float64) / float(multiplier)).astype(np.float32)
        else:
            result[name] = x
    return result


def write_bin(path: str, params: dict, opts: dict, kind: str = "float32", upstream: bool = False) -> None:
    """Version 1 of Marian's binary format; `upstream` takes the type numbers of marian-nmt instead of browsermt's."""
    pad = lambda b: b + b"\0" * (-len(b) % 256)
    items = []
    for name, x in params.items():
        if kind.startswith("intgemm") and ("_W" in name and "_ln_" not in name or name == "Wemb"):
            q, multiplier = quantize(x, kind)
            stored = q if "Wemb" in name else np.ascontiguousarray(q.T)
            number = {("intgemm8", False): 0x4101, ("intgemm16", False): 0x4102, ("intgemm8", True): 0x10001, ("intgemm16", True): 0x10002}
            items.append((name, number[kind, upstream], x.shape, stored.tobytes() + np.float32(multiplier).tobytes()))
            if name != "Wemb":
                items.append((name + "_QuantMultA", 0x404, (1, 1), np.float32(12.5).tobytes()))
        elif kind == "float16":
            items.append((name, 0x402, x.shape, x.astype(np.float16).tobytes()))
        else:
            items.append((name, 0x404, x.shape, x.astype(np.float32).tobytes()))
    yml = model_yml(opts)
    items.append(("special:model.yml", 0x101, yml.shape, yml.tobytes()))
    items = [(name.encode() + b"\0", kind_, shape, pad(data)) for name, kind_, shape, data in items]
    head = struct.pack("<QQ", 1, len(items))
    head += b"".join(struct.pack("<QQQQ", len(n), t, len(s), len(d)) for n, t, s, d in items)
    head += b"".join(n for n, *_ in items) + b"".join(struct.pack(f"<{len(s)}i", *s) for _, _, s, _ in items)
    padding = -(len(head) + 8) % 256
    with open(path, "wb") as file:
        file.write(head + struct.pack("<Q", padding) + b"\0" * padding + b"".join(d for *_, d in items))
