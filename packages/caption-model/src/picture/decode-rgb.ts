import "@leyenda/core/libvips-threads";

import { readFile } from "node:fs/promises";

import { LeyendaError } from "@leyenda/core";
import sharp from "sharp";

import { cmykToRgb } from "./cmyk-to-rgb.js";
import type { RgbPicture } from "./rgb-picture.js";

export interface DecodeOptions {
  /** Turn the picture as its EXIF orientation says. */
  applyOrientation: boolean;
  /** What to call a picture given as bytes in errors. */
  name: string;
}

/**
 * Decodes the whole picture (the first frame of an animation) into what Pillow's `convert("RGB")` would give: alpha dropped
 * and not blended, colour profiles ignored, grey repeated, CMYK by Pillow's formula. 16-bit channels keep their high byte.
 *
 * @param picture the bytes of a picture file, or its path
 * @throws LeyendaError SOURCE_MISSING when the file cannot be read, SOURCE_INVALID when it does not decode to the end
 */
export async function decodeRgb(picture: Uint8Array | string, options: DecodeOptions): Promise<RgbPicture> {
  const where = typeof picture === "string" ? picture : options.name;
  const bytes = typeof picture === "string" ? await read(picture) : picture;
  try {
    return await decode(bytes, options.applyOrientation);
  } catch (cause) {
    throw new LeyendaError("SOURCE_INVALID", `the picture cannot be decoded: ${(cause as Error).message}`, {
      where,
      expected: "a whole JPEG, PNG, WebP, AVIF, GIF or TIFF file",
      hint: "check that the file is complete and is a picture",
      cause,
    });
  }
}

async function read(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw new LeyendaError("SOURCE_MISSING", "the picture cannot be read", {
      where: path,
      expected: "a picture file",
      hint: "check the path and its permissions",
      cause,
    });
  }
}

async function decode(bytes: Uint8Array, applyOrientation: boolean): Promise<RgbPicture> {
  const source = sharp(bytes, { ignoreIcc: true, autoOrient: applyOrientation, failOn: "error" });
  const { space } = await source.metadata();
  if (space === "cmyk") {
    // Left to itself libvips would convert through a printing profile.
    const { data, info } = await source
      .pipelineColourspace("cmyk")
      .toColourspace("cmyk")
      .raw({ depth: "uchar" })
      .toBuffer({ resolveWithObject: true });
    return { data: cmykToRgb(data, info.channels), width: info.width, height: info.height };
  }
  const { data, info } = await source
    .removeAlpha()
    .toColourspace("srgb")
    .raw({ depth: "uchar" })
    .toBuffer({ resolveWithObject: true });
  if (info.channels !== 3) throw new Error(`it has ${info.channels} channels instead of 3`);
  return { data, width: info.width, height: info.height };
}
