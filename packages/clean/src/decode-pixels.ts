import "@leyenda/core/libvips-threads";

import type { Pixels } from "@leyenda/core";
import sharp, { type Sharp } from "sharp";

import type { CleanOptions } from "./clean-options.js";
import type { CleanFailure } from "./clean-result.js";
import { convertToSrgb } from "./convert-to-srgb.js";
import { decodeBmp } from "./decode-bmp.js";
import { decodeFailure, isHarmless } from "./decode-failure.js";
import { decodePlainJpeg, plainJpegBytes } from "./decode-plain-jpeg.js";
import type { ImageHeader } from "./inspect-image.js";
import { libvips } from "./libvips.js";
import type { Geometry } from "./resize-geometry.js";
import { restoreRounding } from "./restore-rounding.js";
import { scratch } from "./scratch.js";

/** Longest time that libvips may take over one picture. */
const timeoutSeconds = 60;

type Failure = Pick<CleanFailure, "outcome" | "detail">;

/**
 * Decodes a picture in full and brings it to `geometry.width` × `geometry.height` (or leaves its size when that is null),
 * upright, flattened and in sRGB.
 */
export async function decodePixels(
  bytes: Uint8Array,
  header: ImageHeader,
  geometry: Geometry | null,
  options: CleanOptions,
): Promise<Pixels | Failure> {
  if (header.bmp !== null) {
    const picture = decodeBmp(bytes, header.bmp);
    if (picture === null) return { outcome: "truncated_image", detail: "the file ends before its pixels do" };
    return scale(() => fromPixels(picture, 4), geometry, options);
  }
  const decoded =
    (await decodeHere(bytes, header, geometry)) ?? (await decodeThere(bytes, header, geometry, options));
  if (!("outcome" in decoded) && typeof header.profile === "object") convertToSrgb(decoded, header.profile);
  return decoded;
}

/** Decodes an ordinary JPEG here and now; null for all that libvips has to look at. */
async function decodeHere(
  bytes: Uint8Array,
  header: ImageHeader,
  geometry: Geometry | null,
): Promise<Pixels | null> {
  const size = plainJpegBytes(header, geometry);
  if (size === 0) return null;
  return scratch.lend(size, async (memory) => {
    const picture = decodePlainJpeg(bytes, header, memory);
    if (picture === null) return null;
    const pixels =
      geometry === null
        ? { ...picture, data: Uint8Array.from(picture.data) }
        : await resizeHere(picture, geometry);
    restoreRounding(pixels);
    return pixels;
  });
}

async function resizeHere(picture: Pixels, { width, height }: Geometry): Promise<Pixels> {
  const data = await libvips.take(() =>
    fromPixels(picture, 3).resize(width, height, { fit: "fill" }).raw().toBuffer(),
  );
  return { data, width, height };
}

/** Decodes any picture but a BMP with libvips. */
async function decodeThere(
  bytes: Uint8Array,
  { format, profile }: ImageHeader,
  geometry: Geometry | null,
  options: CleanOptions,
): Promise<Pixels | Failure> {
  const ignoreIcc = profile !== "other";
  const attempt = (failOn: "error" | "warning"): Promise<Pixels | Error> =>
    asValue(
      scale(
        () => sharp(bytes, { failOn, limitInputPixels: options.maxPixels, ignoreIcc }).autoOrient(),
        geometry,
        options,
      ),
    );
  // libjpeg calls lost data a warning; what others warn about is only odd.
  let result = await attempt(format === "jpeg" ? "warning" : "error");
  if (result instanceof Error && format === "jpeg" && isHarmless(result)) result = await attempt("error");
  return result instanceof Error ? decodeFailure(result, format, bytes) : result;
}

function fromPixels({ data, width, height }: Pixels, channels: 3 | 4): Sharp {
  return sharp(data, { raw: { width, height, channels }, limitInputPixels: false });
}

/** Brings a picture to its size and to three channels of sRGB. */
function scale(
  open: () => Sharp,
  geometry: Geometry | null,
  { background }: Pick<CleanOptions, "background">,
): Promise<Pixels> {
  return libvips.take(async () => {
    const image = open();
    const { data, info } = await (
      geometry === null ? image : image.resize(geometry.width, geometry.height, { fit: "fill" })
    )
      .flatten({ background })
      .toColourspace("srgb")
      .raw()
      .timeout({ seconds: timeoutSeconds })
      .toBuffer({ resolveWithObject: true });
    const { width, height, channels } = info;
    if (channels !== 3) throw new Error(`libvips gave ${channels} channels where sRGB has 3`);
    return { data, width, height };
  });
}

/** A decoder's error as a value: the picture's fault, not the program's. */
async function asValue(decoded: Promise<Pixels>): Promise<Pixels | Error> {
  try {
    return await decoded;
  } catch (error) {
    if (error instanceof Error) return error;
    throw error;
  }
}
