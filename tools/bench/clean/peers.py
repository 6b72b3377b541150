"""python peers.py PHOTOS OURS_JSON_1 OURS_JSON_2 OURS_FOLDER: img2dataset's Resizer and plain OpenCV on the same photos, and the
quality of all three beside a reference: full decode, then Pillow's antialiased filters in 32-bit floats, never saved."""

import io
import json
import multiprocessing
import resource
import sys
import time
from pathlib import Path

import cv2
import numpy as np
from img2dataset.resizer import Resizer
from PIL import Image, ImageCms

SIZE, QUALITY, ROUNDS = 256, 95, 5
photos, ours1, ours2, ours_folder = sys.argv[1:]
names = sorted(Path(photos).rglob("*.jpg"), key=lambda path: str(path.relative_to(photos)))
bodies = [path.read_bytes() for path in names]


def opencv(body):
    """Decode, area resize, border, encode: no colour profile, no orientation, no checks."""
    image = cv2.imdecode(np.frombuffer(body, np.uint8), cv2.IMREAD_COLOR)
    height, width = image.shape[:2]
    scale = SIZE / max(height, width)
    width, height = round(width * scale), round(height * scale)
    image = cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA)
    x, y = SIZE - width, SIZE - height
    image = cv2.copyMakeBorder(
        image, y // 2, y - y // 2, x // 2, x - x // 2, cv2.BORDER_CONSTANT, value=(255, 255, 255)
    )
    return cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])[1].tobytes()


def plain():
    return opencv


def img2dataset():
    resizer = Resizer(SIZE, "border", False, encode_quality=QUALITY)
    return lambda body: resizer(io.BytesIO(body))[0]


def cpu():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def rounds(make):
    cv2.setNumThreads(1)
    run = make()
    times = []
    for _ in range(ROUNDS):
        before, started = cpu(), time.perf_counter()
        for body in bodies:
            run(body)
        times.append(((cpu() - before) * 1000 / len(bodies), time.perf_counter() - started))
    return min(t[0] for t in times), min(t[1] for t in times)


def measure(make):
    one_cpu, one_wall = rounds(make)
    with multiprocessing.get_context("fork").Pool(2) as pool:
        two = pool.map(rounds, [make, make], chunksize=1)
    return one_cpu, len(bodies) / one_wall, 2 * len(bodies) / max(wall for _, wall in two)


def reference(body, resample):
    image = Image.open(io.BytesIO(body))
    profile = image.info.get("icc_profile")
    image = image.convert("RGB")
    if profile:
        image = ImageCms.profileToProfile(
            image, ImageCms.ImageCmsProfile(io.BytesIO(profile)), ImageCms.createProfile("sRGB"), outputMode="RGB"
        )
    scale = SIZE / max(image.size)
    size = tuple(round(side * scale) for side in image.size)
    channels = [np.asarray(channel.convert("F").resize(size, resample)) for channel in image.split()]
    return np.clip(np.rint(np.stack(channels, -1)), 0, 255).astype(np.uint8)


def ssim(a, b):
    a, b = (cv2.cvtColor(x, cv2.COLOR_RGB2GRAY).astype(np.float64) for x in (a, b))
    blur = lambda x: cv2.GaussianBlur(x, (11, 11), 1.5)
    ma, mb = blur(a), blur(b)
    va, vb, both = blur(a * a) - ma * ma, blur(b * b) - mb * mb, blur(a * b) - ma * mb
    return ((2 * ma * mb + 6.5025) * (2 * both + 58.5225) / ((ma**2 + mb**2 + 6.5025) * (va + vb + 58.5225))).mean()


def quality(stored, references):
    psnrs, ssims = [], []
    for bytes_, expected in zip(stored, references):
        image = cv2.cvtColor(cv2.imdecode(np.frombuffer(bytes_, np.uint8), cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB)
        height, width = expected.shape[:2]
        top, left = (SIZE - height) // 2, (SIZE - width) // 2
        image = image[top : top + height, left : left + width]
        psnrs.append(10 * np.log10(255**2 / max(1e-9, np.mean((image.astype(float) - expected) ** 2))))
        ssims.append(ssim(image, expected))
    return f"{np.mean(psnrs):.1f} dB, {np.mean(ssims):.4f}"


floor = measure(plain)
peer = measure(img2dataset)
one, two = json.loads(ours1), json.loads(ours2)
own = (one["cpuMs"], one["perSecond"], two["perSecond"])
stored = {
    "clean": [path.read_bytes() for path in sorted(Path(ours_folder).glob("*.jpg"))],
    "img2dataset": [img2dataset()(body) for body in bodies],
    "OpenCV": [opencv(body) for body in bodies],
}
lanczos = [reference(body, Image.LANCZOS) for body in bodies]
bicubic = [reference(body, Image.BICUBIC) for body in bodies]
print(f"{len(bodies)} photos, {SIZE} px border, JPEG quality {QUALITY}; best of {ROUNDS} rounds\n")
print("| | CPU-ms a picture | times the floor | pictures/s, 1 process | 2 processes | PSNR, SSIM to Lanczos | to bicubic | bytes |")
print("| --- | --- | --- | --- | --- | --- | --- | --- |")
for name, times in (("clean", own), ("img2dataset", peer), ("OpenCV", floor)):
    print(
        f"| {name} | {times[0]:.2f} | {times[0] / floor[0]:.2f} | {times[1]:.0f} | {times[2]:.0f} "
        f"| {quality(stored[name], lanczos)} | {quality(stored[name], bicubic)} "
        f"| {np.mean([len(bytes_) for bytes_ in stored[name]]):.0f} |"
    )
without = one["cpuMs"] - one["hashMs"]
print(f"\nclean without its two hashes: {without:.2f} CPU-ms a picture, {without / floor[0]:.2f} times the floor")
