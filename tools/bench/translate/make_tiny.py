"""Makes a checkpoint of Firefox Translations' "tiny11" shape with random weights, in Marian's own format with 8-bit integers.

Width 256, 6 layers of the encoder, 2 of the decoder with SSRU, 8 heads, 1,536 in the feed-forward layers; the vocabulary is that of a real model.
No translation ends before its longest length.

    python make_tiny.py VOCABULARY.spm OUT_FOLDER
"""

import shutil
import sys
from pathlib import Path

import numpy as np
import sentencepiece

sys.path.insert(0, str(Path(__file__).parents[2] / "oracle"))
import marian_files

WIDTH, HIDDEN, HEADS = 256, 1536, 8
LAYERS = {"encoder": 6, "decoder": 2}
# As unlikely as no end should be.
NO_END = -100.0


def main(vocabulary: Path, out: Path) -> None:
    pieces = sentencepiece.SentencePieceProcessor(model_file=str(vocabulary))
    words = pieces.get_piece_size()
    random = np.random.default_rng(20210716)

    def matrix(inner: int, outer: int) -> np.ndarray:
        return (random.standard_normal((inner, outer)) / np.sqrt(inner)).astype(np.float32)

    def vector(size: int) -> np.ndarray:
        return (random.standard_normal((1, size)) * 0.02).astype(np.float32)

    parameters = {"Wemb": (random.standard_normal((words, WIDTH)) * 0.06).astype(np.float32), "decoder_ff_logit_out_b": vector(words) * 25}
    parameters["decoder_ff_logit_out_b"][0, pieces.piece_to_id("</s>")] = NO_END

    def linear(name: str, which: str, inner: int, outer: int) -> None:
        parameters[f"{name}_W{which}"] = matrix(inner, outer)
        parameters[f"{name}_b{which}"] = vector(outer)

    def norm(name: str) -> None:
        parameters[f"{name}_ln_scale"] = np.ones((1, WIDTH), np.float32)
        parameters[f"{name}_ln_bias"] = np.zeros((1, WIDTH), np.float32)

    def attention(name: str) -> None:
        for which in "qkvo":
            linear(name, which, WIDTH, WIDTH)
        norm(f"{name}_Wo")

    for side, count in LAYERS.items():
        for layer in range(1, count + 1):
            name = f"{side}_l{layer}"
            if side == "encoder":
                attention(f"{name}_self")
            else:
                parameters |= {f"{name}_rnn_W": matrix(WIDTH, WIDTH), f"{name}_rnn_Wf": matrix(WIDTH, WIDTH), f"{name}_rnn_bf": vector(WIDTH)}
                norm(f"{name}_rnn_ffn")
                attention(f"{name}_context")
            linear(f"{name}_ffn", "1", WIDTH, HIDDEN)
            linear(f"{name}_ffn", "2", HIDDEN, WIDTH)
            norm(f"{name}_ffn_ffn")
    options = marian_files.OPTIONS | {
        "dim-emb": WIDTH, "dim-vocabs": [words, words], "enc-depth": LAYERS["encoder"], "dec-depth": LAYERS["decoder"],
        "transformer-heads": HEADS, "transformer-dim-ffn": HIDDEN, "transformer-ffn-activation": "relu",
        "transformer-decoder-autoreg": "rnn", "dec-cell": "ssru", "beam-size": 1, "normalize": 1,
    }
    out.mkdir(parents=True, exist_ok=True)
    marian_files.write_bin(str(out / "model.bin"), parameters, options, "intgemm8")
    shutil.copyfile(vocabulary, out / "vocab.joint.spm")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
