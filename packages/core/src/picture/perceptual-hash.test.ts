import { readFile } from "node:fs/promises";

import sharp, { type Sharp } from "sharp";
import { describe, expect, it } from "vitest";

import { dctHash } from "./dct-hash.js";
import { differenceHash } from "./difference-hash.js";
import { perceptualHash } from "./perceptual-hash.js";

const fixtures = new URL("../../../../tools/oracle/fixtures/perceptual-hash/", import.meta.url);
const recorded = JSON.parse(await readFile(new URL("hashes.json", fixtures), "utf8")) as {
  file: string;
  grey: string;
  phash: string;
  dhash: string;
}[];

function distance(a: string, b: string): number {
  return (BigInt(`0x${a}`) ^ BigInt(`0x${b}`)).toString(2).replaceAll("0", "").length;
}

function levels(hex: string): Float64Array {
  return Float64Array.from(Buffer.from(hex, "hex"));
}

async function hashOf(image: Sharp): Promise<{ phash: string; dhash: string }> {
  const { data, info } = await image
    .removeAlpha()
    .toColourspace("srgb")
    .raw()
    .toBuffer({ resolveWithObject: true });
  const hash = perceptualHash({ data, width: info.width, height: info.height });
  if (hash === null) throw new Error("the picture is flat");
  return hash;
}

describe("dctHash", () => {
  it.each(recorded)("has imagehash's bits for the grey levels of $file", ({ grey, phash }) => {
    expect(dctHash(levels(grey))).toBe(phash);
  });
});

describe("differenceHash", () => {
  it("sets a bit where the right neighbour is brighter, row by row", () => {
    const rising = Float64Array.from({ length: 1024 }, (_, index) => (index % 32) * 8);
    expect(differenceHash(rising)).toBe("ffffffffffffffff");
    expect(differenceHash(rising.map((level) => 255 - level))).toBe("0000000000000000");
    const half = rising.map((level, index) => (index < 512 ? level : 255 - level));
    expect(differenceHash(half)).toBe("ffffffff00000000");
  });
});

describe("perceptualHash", () => {
  it.each(recorded)("is within 4 bits of imagehash's hashes of $file", async ({ file, phash, dhash }) => {
    const hash = await hashOf(sharp(await readFile(new URL(file, fixtures))));
    expect(distance(hash.phash, phash)).toBeLessThanOrEqual(4);
    expect(distance(hash.dhash, dhash)).toBeLessThanOrEqual(4);
  });

  it("stays within 6 bits when a picture is saved again, smaller, larger or squeezed", async () => {
    const picture = await readFile(new URL("0.png", fixtures));
    const hash = await hashOf(sharp(picture));
    const copies = [
      await sharp(picture).jpeg({ quality: 50 }).toBuffer(),
      await sharp(picture).resize(80, 60).jpeg({ quality: 75 }).toBuffer(),
      await sharp(picture).resize(640, 480).webp({ quality: 60 }).toBuffer(),
      await sharp(picture).resize(150, 150, { fit: "fill" }).png().toBuffer(),
    ];
    for (const copy of copies) {
      const { phash, dhash } = await hashOf(sharp(copy));
      expect(distance(phash, hash.phash)).toBeLessThanOrEqual(6);
      expect(distance(dhash, hash.dhash)).toBeLessThanOrEqual(6);
    }
  });

  it("tells different pictures apart", async () => {
    const hashes = await Promise.all(
      recorded.map(async ({ file }) => hashOf(sharp(await readFile(new URL(file, fixtures))))),
    );
    for (const [index, a] of hashes.entries()) {
      for (const b of hashes.slice(index + 1))
        expect(distance(a.phash, b.phash) + distance(a.dhash, b.dhash)).toBeGreaterThan(24);
    }
  });

  it("is null for a picture of one colour or nearly so", () => {
    const picture = { width: 40, height: 30, data: new Uint8Array(40 * 30 * 3).fill(250) };
    expect(perceptualHash(picture)).toBeNull();
    picture.data.forEach((_, index) => (picture.data[index] = 250 + (index % 5)));
    expect(perceptualHash(picture)).toBeNull();
  });

  it("takes pictures of any size, down to one row", () => {
    for (const [width, height] of [
      [2, 1],
      [1, 2],
      [31, 33],
      [32, 32],
      [500, 3],
    ] as const) {
      const data = Uint8Array.from({ length: width * height * 3 }, (_, at) =>
        at < (width * height * 3) / 2 ? 0 : 255,
      );
      expect(perceptualHash({ data, width, height })?.phash).toMatch(/^[0-9a-f]{16}$/);
    }
  });
});
