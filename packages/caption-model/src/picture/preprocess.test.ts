import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

import fc from "fast-check";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { z } from "zod";

import { decodeRgb } from "./decode-rgb.js";
import { preprocess } from "./preprocess.js";
import { preprocessBatch } from "./preprocess-batch.js";
import { resizeLikePillow } from "./resize-like-pillow.js";
import { resizeLikeTorchvision } from "./resize-like-torchvision.js";

const folder = new URL("../../../../tools/oracle/fixtures/clip-preprocess/", import.meta.url);
const fixture = (name: string): string => fileURLToPath(new URL(name, folder));
const hashes = z.object({ pixels: z.string(), tensor: z.string() });
const expected = z
  .object({
    exact: z.record(z.string(), z.object({ "clip-processor": hashes, training: hashes })),
    lossy: z.record(z.string(), z.string()),
  })
  .parse(JSON.parse(readFileSync(fixture("expected.json"), "utf8")));

const transforms = ["clip-processor", "training"] as const;
const resizers = { "clip-processor": resizeLikePillow, training: resizeLikeTorchvision };
const sha256 = (data: Uint8Array): string => createHash("sha256").update(data).digest("hex");
const bytesOf = (floats: Float32Array): Uint8Array =>
  new Uint8Array(floats.buffer, floats.byteOffset, floats.byteLength);
const decode = (name: string) => decodeRgb(fixture(name), { applyOrientation: false, name });

describe.each(Object.entries(expected.exact))("%s", (name, results) => {
  it.each(transforms)("gives the reference's bytes and floats: %s", async (transform) => {
    const pixels = resizers[transform](await decode(name), 224);
    expect(sha256(pixels)).toBe(results[transform].pixels);
    const tensor = await preprocess(fixture(name), { transform });
    expect(tensor).toHaveLength(3 * 224 * 224);
    expect(sha256(bytesOf(tensor))).toBe(results[transform].tensor);
  });
});

// Measured with sharp 0.35.5 against Pillow 13.0.0: equal. Room is left for builds with another JPEG decoder.
it.each(Object.entries(expected.lossy))(
  "%s is within two levels of Pillow, in the mean a tenth",
  async (name, reference) => {
    const pixels = resizeLikePillow(await decode(name), 224);
    const wanted = (await decode(reference)).data;
    expect(pixels).toHaveLength(wanted.length);
    let sum = 0;
    let worst = 0;
    for (const [i, value] of pixels.entries()) {
      const difference = Math.abs(value - (wanted[i] ?? 0));
      sum += difference;
      worst = Math.max(worst, difference);
    }
    expect(worst).toBeLessThanOrEqual(2);
    expect(sum / pixels.length).toBeLessThanOrEqual(0.1);
  },
);

// Needs the photos of the corpus; expected values were made by the same oracle.
const corpus = process.env.LEYENDA_CORPUS;
describe.skipIf(corpus === undefined)("photographs (set LEYENDA_CORPUS to run)", () => {
  const { photos } = z
    .object({ photos: z.record(z.string(), z.object({ "clip-processor": hashes, training: hashes })) })
    .parse(JSON.parse(readFileSync(fixture("photos.json"), "utf8")));

  it.each(transforms)(
    "come out as the reference's bytes, profiles and subsampling and all: %s",
    async (transform) => {
      const wrong: string[] = [];
      for (const [path, results] of Object.entries(photos)) {
        const file = `${corpus ?? ""}/photos/${path}`;
        const picture = await decodeRgb(file, { applyOrientation: false, name: path });
        if (sha256(resizers[transform](picture, 224)) !== results[transform].pixels) wrong.push(path);
      }
      expect(Object.keys(photos).length).toBeGreaterThanOrEqual(40);
      expect(wrong).toEqual([]);
    },
  );
});

describe("any picture", () => {
  const sizes = fc.record({
    width: fc.integer({ min: 1, max: 90 }),
    height: fc.integer({ min: 1, max: 90 }),
    edge: fc.integer({ min: 1, max: 40 }),
  });

  it.each(transforms)("of one colour stays that colour, whatever its shape: %s", (transform) => {
    fc.assert(
      fc.property(sizes, fc.integer({ min: 0, max: 255 }), ({ width, height, edge }, level) => {
        const data = new Uint8Array(width * height * 3).fill(level);
        const out = resizers[transform]({ data, width, height }, edge);
        return out.length === edge * edge * 3 && out.every((value) => value === level);
      }),
    );
  });

  it.each(transforms)(
    "mirrored gives the mirrored centre when the margins are even: %s",
    async (transform) => {
      const picture = await decode("square.png");
      const { width, height } = picture;
      const mirrored = Buffer.alloc(picture.data.length);
      for (let pixel = 0; pixel < width * height; pixel++) {
        const x = pixel % width;
        mirrored.set(picture.data.subarray(pixel * 3, pixel * 3 + 3), (pixel - x + width - 1 - x) * 3);
      }
      const a = resizers[transform](picture, 64);
      const b = resizers[transform]({ data: mirrored, width, height }, 64);
      const differing = a.filter((_, i) => {
        const x = Math.floor(i / 3) % 64;
        const twin = i + (63 - 2 * x) * 3;
        return Math.abs((a[i] ?? 0) - (b[twin] ?? 0)) > 1;
      });
      expect(differing).toHaveLength(0);
    },
  );

  it.each(transforms)("of an extreme shape costs its middle only: %s", (transform) => {
    const height = 400_000;
    const data = new Uint8Array(height * 3).fill(200);
    const out = resizers[transform]({ data, width: 1, height }, 224);
    expect(out.every((value) => value === 200)).toBe(true);
  });
});

it("antialiases by default: a fine checkerboard becomes grey, where the training transform keeps its contrast", async () => {
  const edge = 64;
  const data = Buffer.alloc(edge * edge * 3);
  for (let i = 0; i < edge * edge; i++) {
    data.fill((i + Math.floor(i / edge)) % 2 === 0 ? 255 : 0, i * 3, i * 3 + 3);
  }
  const png = await sharp(data, { raw: { width: edge, height: edge, channels: 3 } })
    .png()
    .toBuffer();
  const spread = (tensor: Float32Array): number => Math.max(...tensor) - Math.min(...tensor);
  expect(spread(await preprocess(png, { edge: 21 }))).toBeLessThan(0.75);
  expect(spread(await preprocess(png, { edge: 21, transform: "training" }))).toBeGreaterThan(2);
});

it("leaves EXIF orientation alone unless asked", async () => {
  const name = fixture("mode-exif-6.png");
  const upright = await sharp(name).autoOrient().png().toBuffer();
  const edge = 40;
  const asStored = await preprocess(name, { edge });
  const turned = await preprocess(name, { edge, applyOrientation: true });
  expect(turned).toEqual(await preprocess(upright, { edge }));
  expect(turned).not.toEqual(asStored);
});

it("takes the high byte of 16-bit channels", async () => {
  const grey = await sharp({ create: { width: 8, height: 8, channels: 3, background: "#5a5a5a" } })
    .toColourspace("grey16")
    .png()
    .toBuffer();
  expect((await sharp(grey).metadata()).depth).toBe("ushort");
  const { data } = await decodeRgb(grey, { applyOrientation: false, name: "grey" });
  expect([...new Set(data)]).toEqual([0x5a]);
});

it("puts the pictures of a batch side by side, from paths or bytes", async () => {
  const names = ["pixel.png", "strip.png", "jpeg-420.jpg"].map(fixture);
  const [first = "", ...others] = names;
  const batch = await preprocessBatch([await readFile(first), ...others], { edge: 32 });
  expect(batch).toHaveLength(3 * 3 * 32 * 32);
  for (const [i, name] of names.entries()) {
    expect(batch.subarray(i * 3072, (i + 1) * 3072)).toEqual(await preprocess(name, { edge: 32 }));
  }
  expect(await preprocessBatch([])).toHaveLength(0);
});

describe("refuses", () => {
  it("a file that is not there, by its path", async () => {
    await expect(preprocess("/nowhere/cat.jpg")).rejects.toMatchObject({
      code: "SOURCE_MISSING",
      where: "/nowhere/cat.jpg",
    });
  });

  it.each(["jpeg-420.jpg", "landscape.png"])("a truncated %s", async (name) => {
    const whole = await readFile(fixture(name));
    await expect(preprocess(whole.subarray(0, whole.length / 2))).rejects.toMatchObject({
      code: "SOURCE_INVALID",
    });
  });

  it("what is not a picture, by its place in the batch", async () => {
    const picture = await readFile(fixture("pixel.png"));
    await expect(preprocessBatch([picture, Buffer.from("<html>")])).rejects.toMatchObject({
      code: "SOURCE_INVALID",
      where: "picture 1 of the batch",
    });
    await expect(preprocess(new Uint8Array())).rejects.toMatchObject({ code: "SOURCE_INVALID" });
  });

  it.each([0, -1, 2.5, Number.NaN])("an edge of %s", async (edge) => {
    await expect(preprocess(fixture("pixel.png"), { edge })).rejects.toThrow(RangeError);
    await expect(preprocessBatch([], { edge })).rejects.toThrow(RangeError);
  });

  it("a transform it does not know", async () => {
    const transform = "lanczos" as "training";
    await expect(preprocess(fixture("pixel.png"), { transform })).rejects.toThrow('"lanczos"');
  });
});
