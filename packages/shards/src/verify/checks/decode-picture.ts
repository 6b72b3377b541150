import "@leyenda/core/libvips-threads";

import { perceptualHash, type PerceptualHash } from "@leyenda/core";
import sharp, { type OutputInfo } from "sharp";

import { decodePlainJpeg } from "./decode-plain-jpeg.js";

/** What a full decode says of a picture. */
export type DecodedPicture =
  | { ok: true; width: number; height: number; hash: PerceptualHash | null; warning: string | null }
  | { ok: false; reason: string };

/** Decodes a picture whole. Sides are those of the upright picture. */
export async function decodePicture(bytes: Uint8Array): Promise<DecodedPicture> {
  const plain = decodePlainJpeg(bytes);
  if (plain !== null) {
    const { width, height } = plain;
    return { ok: true, width, height, hash: perceptualHash(plain), warning: null };
  }
  let warning: string | null = null;
  let decoded = await decode(bytes, "warning");
  if (decoded instanceof Error) {
    // What decoders only warn of is read by everybody.
    warning = decoded.message;
    decoded = await decode(bytes, "error");
  }
  if (decoded instanceof Error) return { ok: false, reason: decoded.message };
  const { data, info } = decoded;
  const { width, height } = info;
  return { ok: true, width, height, hash: perceptualHash({ data, width, height }), warning };
}

async function decode(
  bytes: Uint8Array,
  failOn: "warning" | "error",
): Promise<{ data: Uint8Array; info: OutputInfo } | Error> {
  try {
    return await sharp(bytes, { failOn })
      .autoOrient()
      .flatten({ background: "#ffffff" })
      .toColourspace("srgb")
      .raw()
      .toBuffer({ resolveWithObject: true });
  } catch (error) {
    if (error instanceof Error) return error;
    throw error;
  }
}
