"""Pictures for the tiny captioner: whole numbers over 256, which any language makes the same."""

import numpy as np


def tiny_pixels(count: int, edge: int) -> np.ndarray:
    """[count, 3, edge, edge]"""
    at = np.arange(count * 3 * edge * edge, dtype=np.int64)
    return (((at * 7919 + (at // 97) * 104729) % 1021) / 256 - 2).astype(np.float32).reshape(count, 3, edge, edge)
