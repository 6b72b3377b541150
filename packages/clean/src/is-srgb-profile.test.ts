import sharp from "sharp";
import { describe, expect, it } from "vitest";

import { isSrgbProfile } from "./is-srgb-profile.js";

/** A matrix profile with one tone curve for all three channels. */
function profile(primaries: readonly (readonly number[])[], curve: Buffer, extraTag?: string): Buffer {
  const names = [
    "rXYZ",
    "gXYZ",
    "bXYZ",
    "rTRC",
    "gTRC",
    "bTRC",
    ...(extraTag === undefined ? [] : [extraTag]),
  ];
  const start = 132 + names.length * 12;
  const header = Buffer.alloc(start);
  header.write("RGB XYZ ", 16);
  header.write("acsp", 36);
  header.writeUInt32BE(names.length, 128);
  names.forEach((name, index) => {
    const isPrimary = index < 3;
    header.write(name, 132 + index * 12);
    header.writeUInt32BE(isPrimary ? start + index * 20 : start + 60, 136 + index * 12);
    header.writeUInt32BE(isPrimary ? 20 : curve.length, 140 + index * 12);
  });
  const bodies = primaries.map((values) => {
    const body = Buffer.alloc(20);
    body.write("XYZ ");
    values.forEach((value, axis) => body.writeInt32BE(Math.round(value * 65536), 8 + axis * 4));
    return body;
  });
  return Buffer.concat([header, ...bodies, curve]);
}

function formula(kind: number, ...parameters: number[]): Buffer {
  const body = Buffer.alloc(12 + parameters.length * 4);
  body.write("para");
  body.writeUInt16BE(kind, 8);
  parameters.forEach((value, index) => body.writeInt32BE(Math.round(value * 65536), 12 + index * 4));
  return body;
}

function gamma(value: number): Buffer {
  const body = Buffer.alloc(14);
  body.write("curv");
  body.writeUInt32BE(1, 8);
  body.writeUInt16BE(Math.round(value * 256), 12);
  return body;
}

const srgb = [
  [0.43607, 0.22249, 0.01392],
  [0.38515, 0.71687, 0.09708],
  [0.14307, 0.06061, 0.7141],
];
const displayP3 = [
  [0.5151, 0.2412, -0.0011],
  [0.292, 0.6922, 0.0419],
  [0.1571, 0.0666, 0.7841],
];
const srgbCurve = formula(3, 2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045);

describe("isSrgbProfile", () => {
  it("knows sRGB by what it does, without its name", () => {
    expect(isSrgbProfile(profile(srgb, srgbCurve))).toBe(true);
  });

  it.each([
    ["other primaries", profile(displayP3, srgbCurve)],
    ["a plain power for its curve", profile(srgb, gamma(2.2))],
    ["no curve at all", profile(srgb, formula(0, 1))],
    ["a table that goes before the matrix", profile(srgb, srgbCurve, "A2B0")],
    ["a tag that is cut off", profile(srgb, srgbCurve).subarray(0, -4)],
    ["nothing but noise", Buffer.alloc(400, 7)],
    ["no bytes", Buffer.alloc(0)],
  ])("says no to a profile with %s", (_, icc) => {
    expect(isSrgbProfile(icc)).toBe(false);
  });

  it("tells libvips' own sRGB and P3 apart", async () => {
    const picture = sharp({ create: { width: 8, height: 8, channels: 3, background: "#808080" } }).png();
    const profileOf = async (name: string): Promise<Uint8Array> => {
      const { icc } = await sharp(await picture.clone().withIccProfile(name).toBuffer()).metadata();
      return icc ?? new Uint8Array();
    };
    expect(isSrgbProfile(await profileOf("srgb"))).toBe(true);
    expect(isSrgbProfile(await profileOf("p3"))).toBe(false);
  });
});
