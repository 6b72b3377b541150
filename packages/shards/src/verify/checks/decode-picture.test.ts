import sharp from "sharp";
import { describe, expect, it } from "vitest";

import { decodePicture } from "./decode-picture.js";
import { decodePlainJpeg } from "./decode-plain-jpeg.js";

const noise = { type: "gaussian", mean: 120, sigma: 40 } as const;
const picture = sharp({ create: { width: 90, height: 60, channels: 3, background: "black", noise } });
const plain = await picture.clone().blur(3).normalise().jpeg({ quality: 92 }).toBuffer();
const progressive = await sharp(plain).jpeg({ quality: 98, progressive: true }).toBuffer();

describe("decodePicture", () => {
  it("sees in a plain JPEG what libvips sees in the same picture", async () => {
    expect(decodePlainJpeg(plain)).toMatchObject({ width: 90, height: 60 });
    expect(decodePlainJpeg(progressive)).toBeNull();
    const [ours, theirs] = [await decodePicture(plain), await decodePicture(progressive)];
    if (!ours.ok || !theirs.ok) throw new Error("a picture was not decoded");
    expect(ours).toMatchObject({ width: 90, height: 60, warning: null });
    for (const hash of ["phash", "dhash"] as const) {
      const [a, b] = [ours.hash?.[hash] ?? "", theirs.hash?.[hash] ?? "0"];
      const bits = (BigInt(`0x${a}`) ^ BigInt(`0x${b}`)).toString(2).replaceAll("0", "").length;
      expect(bits).toBeLessThanOrEqual(3);
    }
  });

  it("leaves what is turned, grey or has a profile to libvips, which turns it upright", async () => {
    const turned = await sharp(plain).withMetadata({ orientation: 6 }).jpeg().toBuffer();
    const profile = await sharp(plain).withIccProfile("p3").jpeg().toBuffer();
    const grey = await sharp(plain).toColourspace("b-w").jpeg().toBuffer();
    for (const each of [turned, profile, grey]) expect(decodePlainJpeg(each)).toBeNull();
    expect(await decodePicture(turned)).toMatchObject({ ok: true, width: 60, height: 90 });
  });

  it("never takes a damaged JPEG for a whole one", async () => {
    for (const share of [0.3, 0.6, 0.9, 0.99]) {
      const cut = plain.subarray(0, Math.floor(plain.length * share));
      expect(decodePlainJpeg(cut)).toBeNull();
      const decoded = await decodePicture(cut);
      expect(decoded.ok && decoded.warning === null).toBe(false);
    }
  });
});
