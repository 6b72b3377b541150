"""python resize_geometry.py: what img2dataset's Resizer makes of black pictures of many sizes, and which columns a crop keeps, into
fixtures/resize-geometry.json. Needs ../bench/requirements.txt."""

import io
import json
import random
from pathlib import Path

import cv2
import numpy as np
from img2dataset.resizer import Resizer

MODES = ["no", "keep_ratio", "keep_ratio_largest", "center_crop", "border"]
seeded = random.Random(4)


def resized(picture, size, mode, only_if_bigger):
    resizer = Resizer(size, mode, only_if_bigger, encode_format="png", encode_quality=1)
    body = cv2.imencode(".png", picture)[1].tobytes()
    stored, width, height, _, _, error = resizer(io.BytesIO(body))
    assert error is None, error
    image = cv2.imdecode(np.frombuffer(stored, np.uint8), cv2.IMREAD_COLOR)
    assert image.shape[:2] == (height, width)
    return image


def side():
    return round(2 ** seeded.uniform(0, 11))


sizes = []
for index in range(400):
    width, height, size = side(), side(), seeded.choice([64, 100, 224, 255, 256])
    if max(width, height) * size > 40_000 * min(width, height):
        continue
    # Modes take turns, so that each meets every kind of size.
    mode, only_if_bigger = MODES[index % 5], index % 2 == 1
    image = resized(np.zeros((height, width, 3), np.uint8), size, mode, only_if_bigger)
    shown = image[:, :, 0] == 0
    rows, columns = np.flatnonzero(shown.any(1)), np.flatnonzero(shown.any(0))
    sizes.append([width, height, mode, size, only_if_bigger, *image.shape[1::-1], int(columns[0]), int(rows[0])])

crops = []
for wider in range(1, 9):
    # Not scaled, so that levels tell the columns that are left: the first and the last.
    picture = np.broadcast_to(np.arange(64 + wider, dtype=np.uint8)[None, :, None], (64, 64 + wider, 3))
    row = resized(np.ascontiguousarray(picture), 64, "center_crop", False)[0, :, 0]
    crops.append([64 + wider, int(row[0]), int(row[-1])])

path = Path(__file__).parent / "fixtures" / "resize-geometry.json"
path.write_text(json.dumps({"sizes": sizes, "crops": crops}) + "\n")
print(len(sizes), "sizes", len(crops), "crops")
