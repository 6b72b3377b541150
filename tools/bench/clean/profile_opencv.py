"""python profile_opencv.py PHOTOS: CPU-ms a photo of OpenCV's decode, area resize, border and encode alone, least of seven rounds."""

import resource
import sys
from pathlib import Path

import cv2
import numpy as np

SIZE, QUALITY, ROUNDS = 256, 95, 7
cv2.setNumThreads(1)
bodies = [np.frombuffer(path.read_bytes(), np.uint8) for path in sorted(Path(sys.argv[1]).rglob("*.jpg"))]


def sides(image):
    scale = SIZE / max(image.shape[:2])
    return round(image.shape[1] * scale), round(image.shape[0] * scale)


def border(image):
    x, y = SIZE - image.shape[1], SIZE - image.shape[0]
    return cv2.copyMakeBorder(image, y // 2, y - y // 2, x // 2, x - x // 2, cv2.BORDER_CONSTANT, value=(255, 255, 255))


def decode(body):
    return cv2.imdecode(body, cv2.IMREAD_COLOR)


def resize(image):
    return cv2.resize(image, sides(image), interpolation=cv2.INTER_AREA)


def encode(image):
    return cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])[1].tobytes()


def cpu():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


images = [decode(body) for body in bodies]
small = [resize(image) for image in images]
bordered = [border(image) for image in small]
steps = {
    "decode": (decode, bodies),
    "area resize": (resize, images),
    "border": (border, small),
    "encode": (encode, bordered),
    "all": (lambda body: encode(border(resize(decode(body)))), bodies),
}
best = dict.fromkeys(steps, float("inf"))
for _ in range(ROUNDS):
    for name, (step, inputs) in steps.items():
        before = cpu()
        for given in inputs:
            step(given)
        best[name] = min(best[name], (cpu() - before) * 1000 / len(bodies))
print("\n| OpenCV | CPU-ms a photo |\n| --- | --- |")
for name, milliseconds in best.items():
    print(f"| {name} | {milliseconds:.2f} |")
