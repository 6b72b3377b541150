"""Marian's own forward pass in numpy, float32: transformer encoder, transformer or SSRU decoder, as its C++ computes them.

Written from the formulas of marian-dev (`src/models/transformer.h`, `src/rnn/cells.h`), independently of the TypeScript.
"""
import numpy as np

F = np.float32


def positions(length: int, width: int) -> np.ndarray:
    """`addPositionalEmbeddings`: exponent i / (d/2 - 1), sines first."""
    scales = width // 2
    increment = F(np.log(F(10000.0)) / F(scales - 1))
    rates = np.exp(np.arange(scales, dtype=F) * -increment)
    angles = np.arange(length, dtype=F)[:, None] * rates[None, :]
    return np.concatenate([np.sin(angles), np.cos(angles)], axis=1).astype(F)


def softmax(x: np.ndarray) -> np.ndarray:
    e = np.exp(x - x.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


class Marian:
    def __init__(self, params: dict, options: dict):
        self.p, self.o = params, options

    def norm(self, x, name):
        mean = x.mean(-1, keepdims=True)
        variance = ((x - mean) ** 2).mean(-1, keepdims=True)
        return (x - mean) / np.sqrt(variance + F(1e-6)) * self.p[name + "_ln_scale"] + self.p[name + "_ln_bias"]

    def affine(self, x, name, which):
        return x @ self.p[f"{name}_W{which}"] + self.p[f"{name}_b{which}"]

    def attend(self, q, keys, values):
        heads = self.o["transformer-heads"]
        split = lambda x: x.reshape(x.shape[0], heads, -1).transpose(1, 0, 2)
        q, k, v = split(q), split(keys), split(values)
        weights = softmax(q @ k.transpose(0, 2, 1) / F(np.sqrt(q.shape[-1])))
        return (weights @ v).transpose(1, 0, 2).reshape(q.shape[1], -1)

    def act(self, x):
        return np.maximum(x, 0) if self.o["transformer-ffn-activation"] == "relu" else x / (1 + np.exp(-x))

    def ffn(self, x, layer):
        hidden = self.act(self.affine(x, layer + "_ffn", "1"))
        return self.norm(x + self.affine(hidden, layer + "_ffn", "2"), layer + "_ffn_ffn")

    def embed(self, ids, start=0):
        width = self.o["dim-emb"]
        table = positions(start + len(ids), width)[start:]
        rows = np.stack([np.zeros(width, F) if i is None else self.p["Wemb"][i] for i in ids])
        return (rows * F(np.sqrt(width)) + table).astype(F)

    def encode(self, ids):
        x = self.embed(ids)
        for n in range(self.o["enc-depth"]):
            name = f"encoder_l{n + 1}"
            q, k, v = (self.affine(x, name + "_self", w) for w in "qkv")
            x = self.norm(x + self.affine(self.attend(q, k, v), name + "_self", "o"), name + "_self_Wo")
            x = self.ffn(x, name)
        return x

    def step(self, token, position, context, states):
        """Logits after one more token; `states` is changed."""
        x = self.embed([token], position)
        for n in range(self.o["dec-depth"]):
            name = f"decoder_l{n + 1}"
            if self.o["transformer-decoder-autoreg"] == "rnn":
                u = x @ self.p[name + "_rnn_W"]
                f = 1 / (1 + np.exp(-(x @ self.p[name + "_rnn_Wf"] + self.p[name + "_rnn_bf"])))
                states[n] = f * states.get(n, np.zeros_like(u)) + (1 - f) * u
                x = self.norm(np.maximum(states[n], 0) + x, name + "_rnn_ffn")
            else:
                q, k, v = (self.affine(x, name + "_self", w) for w in "qkv")
                keys, values = states.get(n, (k[:0], v[:0]))
                states[n] = (np.concatenate([keys, k]), np.concatenate([values, v]))
                x = self.norm(x + self.affine(self.attend(q, *states[n]), name + "_self", "o"), name + "_self_Wo")
            q = self.affine(x, name + "_context", "q")
            k, v = (self.affine(context, name + "_context", w) for w in "kv")
            x = self.norm(x + self.affine(self.attend(q, k, v), name + "_context", "o"), name + "_context_Wo")
            x = self.ffn(x, name)
        return (x @ self.p["Wemb"].T + self.p["decoder_ff_logit_out_b"])[0]

    def greedy(self, ids, longest, end=0, unknown=1):
        """Ids as said, end included, and the sum of their log probabilities; the unknown token is never said."""
        context, states, token, said, score = self.encode(ids), {}, None, [], 0.0
        while len(said) < longest:
            logits = self.step(token, len(said), context, states).astype(np.float64)
            logs = logits - np.log(np.exp(logits - logits.max()).sum()) - logits.max()
            logs[unknown] = -np.inf
            token = int(logs.argmax())
            said.append(token)
            score += float(logs[token])
            if token == end:
                break
        return said, score
