import type { Pixels } from "@leyenda/core";
import sharp, { type OutputInfo, type Sharp } from "sharp";

import type { CleanOptions } from "./clean-options.js";
import type { CleanFailure } from "./clean-result.js";
import { convertToSrgb } from "./convert-to-srgb.js";
import { decodeBmp } from "./decode-bmp.js";
import { decodeFailure, isHarmless } from "./decode-failure.js";
import type { ImageHeader } from "./inspect-image.js";
import { libvips } from "./libvips.js";
import type { Geometry } from "./resize-geometry.js";

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
  const scale = (open: () => Sharp): Promise<Raw> =>
    libvips.take(() => {
      const image = open();
      return (geometry === null ? image : image.resize(geometry.width, geometry.height, { fit: "fill" }))
        .flatten({ background: options.background })
        .toColourspace("srgb")
        .raw()
        .timeout({ seconds: timeoutSeconds })
        .toBuffer({ resolveWithObject: true });
    });
  if (header.bmp !== null) {
    const picture = decodeBmp(bytes, header.bmp);
    if (picture === null) return { outcome: "truncated_image", detail: "the file ends before its pixels do" };
    const { data, width, height } = picture;
    return toPixels(
      await scale(() => sharp(data, { raw: { width, height, channels: 4 }, limitInputPixels: false })),
    );
  }
  const { format, profile } = header;
  const attempt = (failOn: "error" | "warning"): Promise<Raw | Error> =>
    asValue(
      scale(() =>
        sharp(bytes, {
          failOn,
          limitInputPixels: options.maxPixels,
          ignoreIcc: profile !== "other",
        }).autoOrient(),
      ),
    );
  // libjpeg calls lost data a warning; what others warn about is only odd.
  let result = await attempt(format === "jpeg" ? "warning" : "error");
  if (result instanceof Error && format === "jpeg" && isHarmless(result)) result = await attempt("error");
  if (result instanceof Error) return decodeFailure(result, format, bytes);
  const pixels = toPixels(result);
  if (typeof profile === "object") convertToSrgb(pixels, profile);
  return pixels;
}

interface Raw {
  data: Uint8Array;
  info: OutputInfo;
}

function toPixels({ data, info: { width, height, channels } }: Raw): Pixels {
  if (channels !== 3) throw new Error(`libvips gave ${channels} channels where sRGB has 3`);
  return { data, width, height };
}

/** A decoder's error as a value: the picture's fault, not the program's. */
async function asValue(decoded: Promise<Raw>): Promise<Raw | Error> {
  try {
    return await decoded;
  } catch (error) {
    if (error instanceof Error) return error;
    throw error;
  }
}
