import { readFileSync } from "node:fs";
import { basename, join } from "node:path";

import sharp from "sharp";
import { beforeAll, describe, expect, it } from "vitest";

import { cleanImage } from "../src/clean-image.js";
import { type CleanOptions, defaultCleanOptions } from "../src/clean-options.js";
import type { CleanResult } from "../src/clean-result.js";
import { moreLenientThanPillow, stricterThanPillow } from "./pillow-disagreements.js";

const corpus = process.env.LEYENDA_CORPUS;
const folder = join(corpus ?? "", "odd-images");

const everything: CleanOptions = {
  ...defaultCleanOptions,
  resize: "no",
  minSide: 1,
  maxAspectRatio: 100_000,
  animated: "first_frame",
};

/** A file of the corpus, Pillow's verdict on it, and ours. */
interface Compared {
  path: string;
  pillow: { ok: boolean; format: string; width: number; height: number; orientation: number };
  ours: CleanResult;
}

/** Formats that Pillow knows and this package does not decode. */
const notDecoded = new Set(["ICO", "JPEG2000", "PPM", "TGA", "QOI", "XBM", "DIB"]);

async function compare(line: string): Promise<Compared> {
  const [path = "", verdict, format = "", width, height, , , orientation] = line.split("\t");
  const pillow = {
    ok: verdict === "ok",
    format,
    width: Number(width),
    height: Number(height),
    orientation: Number(orientation),
  };
  return { path, pillow, ours: await cleanImage(readFileSync(join(folder, path)), everything) };
}

function namesOf(files: Compared[]): string[] {
  return [...new Set(files.map(({ path }) => basename(path)))].sort();
}

describe.skipIf(corpus === undefined)("the odd images of LEYENDA_CORPUS", () => {
  const files: Compared[] = [];

  beforeAll(async () => {
    const [, ...lines] = readFileSync(join(folder, "pillow-verdicts.tsv"), "utf8").trimEnd().split("\n");
    for (const line of lines) files.push(await compare(line));
    expect(files).toHaveLength(1107);
  }, 120_000);

  it("are refused where Pillow refuses them, but for the files listed", () => {
    const lenient = files.filter(({ pillow, ours }) => !pillow.ok && ours.outcome === "ok");
    expect(namesOf(lenient)).toEqual(Object.values(moreLenientThanPillow).flat().sort());
  });

  it("decode where Pillow decodes them, but for the files listed", () => {
    const strict = files.filter(
      ({ pillow, ours }) => pillow.ok && !notDecoded.has(pillow.format) && ours.outcome !== "ok",
    );
    expect(namesOf(strict)).toEqual(Object.values(stricterThanPillow).flat().sort());
    const others = files.filter(({ pillow }) => notDecoded.has(pillow.format));
    expect(new Set(others.map(({ ours }) => ours.outcome))).toEqual(new Set(["unsupported_format"]));
  });

  it("have Pillow's sizes, upright, and are stored in them", () => {
    const sizes = (width: number, height: number): string => `${width}×${height}`;
    let compared = 0;
    for (const { path, pillow, ours } of files) {
      if (!pillow.ok || ours.outcome !== "ok") continue;
      compared += 1;
      const expected =
        pillow.orientation >= 5 ? sizes(pillow.height, pillow.width) : sizes(pillow.width, pillow.height);
      expect([path, sizes(ours.originalWidth, ours.originalHeight)]).toEqual([path, expected]);
      expect([path, sizes(ours.width, ours.height)]).toEqual([path, expected]);
    }
    expect(compared).toBeGreaterThan(500);
  });

  it.each(["Landscape", "Portrait"])("show %s upright in all its orientations", async (name) => {
    const small: CleanOptions = { ...everything, resize: "keep_ratio_largest", size: 300 };
    const pixels = async (orientation: number): Promise<Uint8Array> => {
      const bytes = readFileSync(join(folder, "exif-orientation", `${name}_${orientation}.jpg`));
      const result = await cleanImage(bytes, small);
      if (result.outcome !== "ok") throw new Error(result.detail);
      return sharp(result.encoded).raw().toBuffer();
    };
    const upright = await pixels(1);
    for (let orientation = 2; orientation <= 8; orientation += 1) {
      const turned = await pixels(orientation);
      expect(turned).toHaveLength(upright.length);
      const error = turned.reduce((sum, value, at) => sum + Math.abs(value - (upright[at] ?? 0)), 0);
      expect(error / turned.length, `orientation ${orientation}`).toBeLessThan(3);
    }
  });

  it("show CMYK and YCCK JPEGs in the colours of the PNGs made of them", async () => {
    const reftest = join(folder, "jpeg-decoder/tests/reftest/images");
    const pixels = async (bytes: Uint8Array): Promise<Uint8Array> => {
      const result = await cleanImage(bytes, { ...everything, format: "png" });
      if (result.outcome !== "ok") throw new Error(result.detail);
      return sharp(result.encoded).raw().toBuffer();
    };
    const difference = async (jpeg: Uint8Array, name: string): Promise<number> => {
      const [found, expected] = await Promise.all([
        pixels(jpeg),
        pixels(readFileSync(join(reftest, `${name}.png`))),
      ]);
      expect(found).toHaveLength(expected.length);
      return found.reduce((sum, value, at) => sum + Math.abs(value - (expected[at] ?? 0)), 0) / found.length;
    };
    // The PNGs were made without the JPEGs' ink profiles, so that colours differ a little.
    for (const name of ["ycck", "mozilla/jpg-cmyk-1", "mozilla/jpg-cmyk-2"]) {
      expect(await difference(readFileSync(join(reftest, `${name}.jpg`)), name), name).toBeLessThan(20);
    }
    // One kind taken for the other is far off. The first such marker is that of the thumbnail.
    const mistaken = readFileSync(join(reftest, "ycck.jpg"));
    mistaken[mistaken.lastIndexOf(Buffer.from("ffee000e", "hex")) + 15] = 0;
    expect(await difference(mistaken, "ycck")).toBeGreaterThan(40);
  });
});
