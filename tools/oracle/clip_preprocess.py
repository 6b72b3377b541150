"""Reference results for @leyenda/caption-model's picture preprocessing.

Draws small pictures from seeded noise and gradients, and writes, for each, its PNG and what Pillow (`clip-processor`) and
PyTorch (`training`) make of the same decoded pixels:

    pip install -r tools/oracle/requirements.txt
    python tools/oracle/clip_preprocess.py tools/oracle/fixtures/clip-preprocess [folder of photos]

`expected.json` holds the versions, and per picture the SHA-256 of the resized, cropped uint8 pixels [224, 224, 3] and of the
normalised float32 tensor [3, 224, 224] (little-endian). For JPEGs, whose decoders may differ by a level or two, the resized
pixels themselves are kept, as PNG. With a folder of photos, `photos.json` takes the same hashes of every sixth of its JPEGs.
"""

import hashlib
import json
import os
import platform
import sys
from pathlib import Path

# PyTorch's kernels differ between instruction sets in the last bit, hence in which way some values are rounded. AVX-512 gives
# the same pixels as AVX2 here; the plain build gives others, by one level in up to 0.1 % of a picture's values.
os.environ["ATEN_CPU_CAPABILITY"] = "avx2"

import numpy as np
import torch
from PIL import Image, ImageCms, features
from torch.nn.functional import interpolate

EDGE = 224
MEAN = (0.48145466, 0.4578275, 0.40821073)
STD = (0.26862954, 0.26130258, 0.27577711)

# Both orientations, up and down, exact, odd margins, extreme shapes, one pixel.
SIZES = {
    "landscape": (320, 241),
    "portrait": (150, 263),
    "square": (256, 256),
    "same-edge": (300, 224),
    "exact": (224, 224),
    "enlarged": (37, 61),
    "shrunk-far": (900, 700),
    "odd-margin": (339, 226),
    "strip": (3, 400),
    "pixel": (1, 1),
}


def draw(name, width, height):
    """Gradients, hard edges and noise: overshoot at both ends, and values that fall near rounding boundaries."""
    noise = np.random.default_rng(list(name.encode())).integers(0, 256, (17, 19))
    y, x = np.mgrid[0:height, 0:width]
    picture = np.empty((height, width, 3), np.uint8)
    picture[..., 0] = (x * 255 // max(width - 1, 1) + y) % 256
    picture[..., 1] = np.where((x // 7 + y // 5) % 2 == 0, 255, 0)
    picture[..., 2] = noise[y % 17, x % 19]  # a tile, so that the PNG stays small
    return picture


def short_edge(width, height):
    short, long = min(width, height), max(width, height)
    new_long = int(EDGE * long / short)
    return (EDGE, new_long) if width <= height else (new_long, EDGE)


def clip_processor(pixels):
    """CLIPFeatureExtractor of transformers 4.9, step by step, on a PIL image."""
    height, width, _ = pixels.shape
    image = Image.fromarray(pixels)
    if min(width, height) != EDGE:
        image = image.resize(short_edge(width, height), Image.Resampling.BICUBIC)
    left, top = (image.width - EDGE) // 2, (image.height - EDGE) // 2
    cropped = np.asarray(image.crop((left, top, left + EDGE, top + EDGE)))
    scaled = (cropped.astype(np.float32) / 255.0).transpose(2, 0, 1)
    mean, std = (np.array(v).astype(np.float32)[:, None, None] for v in (MEAN, STD))
    return cropped, (scaled - mean) / std


def training(pixels):
    """torchvision 0.10: Resize, CenterCrop, ConvertImageDtype, Normalize on a uint8 tensor."""
    height, width, _ = pixels.shape
    image = torch.from_numpy(pixels.transpose(2, 0, 1).copy())
    if min(width, height) != EDGE:
        new_width, new_height = short_edge(width, height)
        resized = interpolate(
            image[None].to(torch.float32), size=[new_height, new_width], mode="bicubic", align_corners=False
        )
        image = torch.round(resized.clamp(min=0, max=255)[0]).to(torch.uint8)
    top = int(round((image.shape[1] - EDGE) / 2.0))
    left = int(round((image.shape[2] - EDGE) / 2.0))
    image = image[:, top : top + EDGE, left : left + EDGE]
    mean, std = (torch.as_tensor(v, dtype=torch.float32).view(-1, 1, 1) for v in (MEAN, STD))
    tensor = (image.to(torch.float32) / 255).sub_(mean).div_(std)
    return image.numpy().transpose(1, 2, 0), tensor.numpy()


TRANSFORMS = {"clip-processor": clip_processor, "training": training}


def sha256(array):
    return hashlib.sha256(np.ascontiguousarray(array).tobytes()).hexdigest()


def results(pixels):
    out = {}
    for name, transform in TRANSFORMS.items():
        resized, tensor = transform(pixels)
        assert resized.shape == (EDGE, EDGE, 3) and tensor.dtype == np.float32
        out[name] = {"pixels": sha256(resized), "tensor": sha256(tensor.astype("<f4"))}
    return out


def rgb(path):
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB"))


def modes(folder):
    """One small picture in the forms that convert("RGB") has to undo; lossless, so the pixels must be equal."""
    base = Image.fromarray(draw("modes", 60, 45))
    alpha = Image.fromarray(draw("alpha", 60, 45)[..., 0])
    with_alpha = base.copy()
    with_alpha.putalpha(alpha)
    grey_alpha = base.convert("L")
    grey_alpha.putalpha(alpha)
    exif = Image.Exif()
    exif[0x0112] = 6
    base.convert("L").save(folder / "mode-grey.png")
    grey_alpha.save(folder / "mode-grey-alpha.png")
    with_alpha.save(folder / "mode-rgba.png")
    base.quantize(32).save(folder / "mode-palette.png")
    base.convert("1").save(folder / "mode-1-bit.png")
    base.convert("CMYK").save(folder / "mode-cmyk.tif")
    base.save(folder / "mode-exif-6.png", exif=exif)
    # A profile that swaps nothing for Pillow, which ignores it, and moves every pixel for a decoder that applies it.
    base.save(folder / "mode-icc.png", icc_profile=profile())


def profile():
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    srgb = srgb[:24] + bytes(12) + srgb[36:84] + bytes(16) + srgb[100:]  # no date, no checksum: the same bytes every time
    # The red curve's tag is replaced by one of gamma 1.0 in place: curv, no reserved bits, one entry, u8Fixed8 256.
    start = 132 + 12 * next(
        i for i in range(int.from_bytes(srgb[128:132])) if srgb[132 + 12 * i : 136 + 12 * i] == b"rTRC"
    )
    offset = int.from_bytes(srgb[start + 4 : start + 8])
    size = int.from_bytes(srgb[start + 8 : start + 12])
    linear = (b"curv" + bytes(4) + (1).to_bytes(4) + (256).to_bytes(2)).ljust(size, b"\0")
    return srgb[:offset] + linear + srgb[offset + size :]


def jpegs(folder):
    """Smooth pictures in the three usual chroma samplings, grey and CMYK."""
    y, x = np.mgrid[0:150, 0:210]
    smooth = np.stack([x, y * 255 // 149, (np.sin(x / 17) + np.cos(y / 13) + 2) * 60], -1).astype(np.uint8)
    image = Image.fromarray(smooth)
    for name, subsampling in (("444", 0), ("422", 1), ("420", 2)):
        image.save(folder / f"jpeg-{name}.jpg", quality=85, subsampling=subsampling)
    image.convert("L").save(folder / "jpeg-grey.jpg", quality=85)
    image.convert("CMYK").save(folder / "jpeg-cmyk.jpg", quality=85)


def main(folder, photos):
    folder.mkdir(parents=True, exist_ok=True)
    exact, lossy = {}, {}
    for name, (width, height) in SIZES.items():
        Image.fromarray(draw(name, width, height)).save(folder / f"{name}.png", optimize=True)
        exact[f"{name}.png"] = None
    modes(folder)
    jpegs(folder)
    for path in sorted(folder.glob("mode-*")):
        exact[path.name] = None
    for name in exact:
        exact[name] = results(rgb(folder / name))
    for path in sorted(folder.glob("jpeg-*.jpg")):
        reference = f"{path.stem}.resized.png"
        Image.fromarray(clip_processor(rgb(path))[0]).save(folder / reference, optimize=True)
        lossy[path.name] = reference
    versions = {
        "python": platform.python_version(),
        "numpy": np.__version__,
        "pillow": Image.__version__,
        "libjpeg-turbo": features.version("libjpeg_turbo"),
        "torch": torch.__version__,
        "torch-cpu": torch.backends.cpu.get_cpu_capability(),
    }
    write(folder / "expected.json", {"versions": versions, "edge": EDGE, "exact": exact, "lossy": lossy})
    if photos is not None:
        paths = sorted(path.relative_to(photos).as_posix() for path in photos.rglob("*.jpg"))
        hashes = {path: results(rgb(photos / path)) for path in paths[::6]}
        write(folder / "photos.json", {"versions": versions, "photos": hashes})


def write(path, document):
    path.write_text(json.dumps(document, indent=2) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else None)
