"""Draws small pictures and records what imagehash says of them, for packages/core/src/picture/perceptual-hash.test.ts.

    pip install -r tools/oracle/requirements-perceptual-hash.txt && python tools/oracle/perceptual_hash.py

Writes tools/oracle/fixtures/perceptual-hash/: the pictures as PNG, and hashes.json with, for each, the 32 x 32 grey levels that
imagehash.phash transforms (row by row, hex), its hash, and that of imagehash.dhash.
"""

import json
import random
from pathlib import Path

import imagehash
from PIL import Image, ImageDraw, ImageFilter

OUT = Path(__file__).parent / "fixtures" / "perceptual-hash"
SIZES = [(160, 120), (96, 128), (64, 64), (33, 200), (101, 67), (32, 32), (200, 40), (150, 150)]


def draw(seed: int, width: int, height: int) -> Image.Image:
    """Shapes over a gradient, softened as a photo's edges are."""
    rng = random.Random(seed)
    colour = lambda: tuple(rng.randrange(256) for _ in range(3))
    top, bottom = colour(), colour()
    picture = Image.new("RGB", (width, height))
    pen = ImageDraw.Draw(picture)
    for y in range(height):
        share = y / height
        pen.line((0, y, width, y), fill=tuple(round(a + (b - a) * share) for a, b in zip(top, bottom)))
    for _ in range(6):
        x, y = rng.randrange(width), rng.randrange(height)
        box = (x, y, x + rng.randrange(4, width // 2 + 5), y + rng.randrange(4, height // 2 + 5))
        rng.choice([pen.ellipse, pen.rectangle])(box, fill=colour())
    return picture.filter(ImageFilter.GaussianBlur(0.7)).quantize(64).convert("RGB")


def main() -> None:
    OUT.mkdir(parents=True, exist_ok=True)
    rows = []
    for seed, (width, height) in enumerate(SIZES):
        picture = draw(seed, width, height)
        name = f"{seed}.png"
        picture.quantize(64).save(OUT / name, optimize=True)
        picture = Image.open(OUT / name).convert("RGB")
        grey = picture.convert("L").resize((32, 32), Image.Resampling.LANCZOS)
        rows.append(
            {
                "file": name,
                "grey": grey.tobytes().hex(),
                "phash": str(imagehash.phash(picture)),
                "dhash": str(imagehash.dhash(picture)),
            }
        )
    (OUT / "hashes.json").write_text(json.dumps(rows, indent=1) + "\n")


if __name__ == "__main__":
    main()
