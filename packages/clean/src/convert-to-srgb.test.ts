import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import sharp from "sharp";
import { describe, expect, it } from "vitest";

import { convertToSrgb } from "./convert-to-srgb.js";
import { isSrgbProfile } from "./is-srgb-profile.js";
import { readMatrixProfile } from "./read-matrix-profile.js";

const corpus = process.env.LEYENDA_CORPUS;

/** Decodes a picture without its profile and applies that here; and with it, by LittleCMS. */
async function bothWays(bytes: Uint8Array): Promise<[Uint8Array, Uint8Array] | null> {
  const { icc, channels } = await sharp(bytes).metadata();
  const profile = icc === undefined ? null : readMatrixProfile(icc);
  if (profile === null || channels !== 3 || isSrgbProfile(profile)) return null;
  const { data, info } = await sharp(bytes, { ignoreIcc: true }).raw().toBuffer({ resolveWithObject: true });
  convertToSrgb({ data, width: info.width, height: info.height }, profile);
  return [data, await sharp(bytes).toColourspace("srgb").raw().toBuffer()];
}

function largestDifference([ours, theirs]: [Uint8Array, Uint8Array]): number {
  expect(ours).toHaveLength(theirs.length);
  return ours.reduce((most, value, at) => Math.max(most, Math.abs(value - (theirs[at] ?? 0))), 0);
}

describe("convertToSrgb", () => {
  it("gives LittleCMS's pixels for Display P3, colours outside sRGB included", async () => {
    const [width, height] = [128, 96];
    const data = Uint8Array.from({ length: width * height * 3 }, (_, at) => (at * 2_654_435_761) >>> 24);
    const bytes = await sharp(data, { raw: { width, height, channels: 3 } })
      .withIccProfile("p3")
      .jpeg({ quality: 100, chromaSubsampling: "4:4:4" })
      .toBuffer();
    const both = await bothWays(bytes);
    if (both === null) throw new Error("the profile was not read");
    expect(largestDifference(both)).toBeLessThanOrEqual(1);
  });

  it.skipIf(corpus === undefined)("gives them for the profiles of LEYENDA_CORPUS's photos", async () => {
    let compared = 0;
    for (const name of readdirSync(join(corpus ?? "", "photos"), { recursive: true, encoding: "utf8" })) {
      if (!name.endsWith(".jpg")) continue;
      const both = await bothWays(readFileSync(join(corpus ?? "", "photos", name)));
      if (both === null) continue;
      compared += 1;
      expect([name, largestDifference(both)]).toEqual([name, 1]);
    }
    expect(compared).toBeGreaterThan(25);
  });
});
