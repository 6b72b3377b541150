import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import fc from "fast-check";
import sharp from "sharp";
import { describe, expect, it } from "vitest";

import { decodePlainJpeg, plainJpegBytes } from "./decode-plain-jpeg.js";
import { type ImageHeader, inspectImage } from "./inspect-image.js";
import { restoreRounding } from "./restore-rounding.js";

const corpus = process.env.LEYENDA_CORPUS;
const picture = sharp({
  create: {
    width: 150,
    height: 90,
    channels: 3,
    background: "#404080",
    noise: { type: "gaussian", mean: 120, sigma: 30 },
  },
});
const plain = await picture.clone().jpeg().toBuffer();

async function headerOf(bytes: Uint8Array): Promise<ImageHeader> {
  const header = await inspectImage(bytes);
  if ("outcome" in header) throw new Error(header.detail);
  return header;
}

/** Mean difference, that of each colour, and the largest, from libvips' pixels, in levels; null where it is not decoded here. */
async function difference(bytes: Buffer): Promise<{ mean: number; colours: number[]; most: number } | null> {
  const header = await headerOf(bytes);
  const size = plainJpegBytes(header, null);
  const found = size === 0 ? null : decodePlainJpeg(bytes, header, Buffer.alloc(size + 100));
  if (found === null) return null;
  restoreRounding(found);
  const expected = await sharp(bytes, { ignoreIcc: true }).toColourspace("srgb").raw().toBuffer();
  expect(found.data).toHaveLength(expected.length);
  const colours = [0, 0, 0];
  let [sum, most] = [0, 0];
  for (const [at, level] of expected.entries()) {
    const error = (found.data[at] ?? 0) - level;
    colours[at % 3] = (colours[at % 3] ?? 0) + (error * 3) / expected.length;
    sum += Math.abs(error);
    most = Math.max(most, Math.abs(error));
  }
  return { mean: sum / expected.length, colours, most };
}

describe("decodePlainJpeg", () => {
  it.each([
    ["colour", picture.clone().jpeg()],
    ["colour at full resolution", picture.clone().jpeg({ chromaSubsampling: "4:4:4" })],
    ["a profile of primaries and curves", picture.clone().withIccProfile("p3").jpeg()],
  ])("gives libvips' pixels, but for what a faster transform rounds: %s", async (_name, image) => {
    const found = await difference(await image.toBuffer());
    expect(found?.mean).toBeLessThan(1.5);
    expect(found?.most).toBeLessThan(15);
    for (const error of found?.colours ?? [9]) expect(Math.abs(error)).toBeLessThan(0.4);
  });

  it.each([
    ["progressive", picture.clone().jpeg({ progressive: true })],
    ["grey", picture.clone().toColourspace("b-w").jpeg()],
    ["CMYK", picture.clone().toColourspace("cmyk").jpeg()],
    ["a PNG", picture.clone().png()],
    ["turned", picture.clone().withMetadata({ orientation: 6 }).jpeg()],
    ["of more than 4 megapixels", picture.clone().resize(2100, 2000, { fit: "fill" }).jpeg()],
  ])("leaves to libvips what is not plain: %s", async (_name, image) => {
    expect(plainJpegBytes(await headerOf(await image.toBuffer()), null)).toBe(0);
    const profile = "other";
    expect(plainJpegBytes({ ...(await headerOf(plain)), profile }, null)).toBe(0);
  });

  it("leaves to libvips what a JPEG can shrink by itself", async () => {
    const header = await headerOf(plain);
    const to = (width: number): number =>
      plainJpegBytes(header, { width, height: 9, canvas: { width, height: 9 } });
    expect([50, 51, 150, 300].map(to)).toEqual([0, 150 * 90 * 3, 150 * 90 * 3, 150 * 90 * 3]);
  });

  it("refuses a file that ends anywhere before its end", async () => {
    const header = await headerOf(plain);
    const memory = Buffer.alloc(plainJpegBytes(header, null));
    expect(decodePlainJpeg(plain, header, memory)).not.toBeNull();
    for (let end = 2; end < plain.length; end += 7) {
      expect([end, decodePlainJpeg(plain.subarray(0, end), header, memory)]).toEqual([end, null]);
    }
  });

  it("refuses a picture that is not of the size its header was read to have", async () => {
    const header = await headerOf(plain);
    const memory = Buffer.alloc(plainJpegBytes(header, null));
    expect(decodePlainJpeg(plain, { ...header, originalWidth: 151 }, memory)).toBeNull();
    expect(decodePlainJpeg(plain, header, memory.subarray(1))).toBeNull();
  });

  it("takes nothing that libvips refuses, however it is damaged", async () => {
    let taken = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(plain.length - 1), fc.nat(255)), { minLength: 1, maxLength: 3 }),
        async (changes) => {
          const damaged = Buffer.from(plain);
          for (const [at, value] of changes) damaged[at] = value;
          const header = await inspectImage(damaged);
          if ("outcome" in header || plainJpegBytes(header, null) === 0) return;
          if (decodePlainJpeg(damaged, header, Buffer.alloc(plainJpegBytes(header, null))) === null) return;
          taken += 1;
          await sharp(damaged, { failOn: "warning", ignoreIcc: true }).stats();
        },
      ),
      { numRuns: 300 },
    );
    expect(taken).toBeGreaterThan(0);
  });

  it.skipIf(corpus === undefined)("gives libvips' pixels of the photos of LEYENDA_CORPUS", async () => {
    let plainOnes = 0;
    const folder = join(corpus ?? "", "photos");
    const names = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) =>
      name.endsWith(".jpg"),
    );
    for (const name of names.slice(0, 60)) {
      const found = await difference(readFileSync(join(folder, name)));
      if (found === null) continue;
      plainOnes += 1;
      expect([name, Math.max(found.mean / 4, ...found.colours.map(Math.abs)) < 0.7]).toEqual([name, true]);
    }
    expect(plainOnes).toBeGreaterThan(40);
  });
});
