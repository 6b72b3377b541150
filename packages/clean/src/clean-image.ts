import sharp, { type Sharp } from "sharp";

import { checkLimits } from "./check-limits.js";
import type { CleanOptions } from "./clean-options.js";
import type { CleanFailure, CleanResult } from "./clean-result.js";
import { decodeBmp } from "./decode-bmp.js";
import { decodeFailure, isHarmless } from "./decode-failure.js";
import { type ImageHeader, inspectImage } from "./inspect-image.js";
import type { BmpHeader } from "./read-bmp-header.js";
import { resizeGeometry } from "./resize-geometry.js";
import { type EncodedPicture, toJpeg } from "./to-jpeg.js";

/**
 * Decodes a picture fully, by its content and whatever its name or type said, turns it upright, brings it to sRGB and to the
 * wanted size, and encodes it as a JPEG of three channels without metadata. The same bytes and options give the same JPEG.
 *
 * A bad picture is a result, never an exception; what is thrown is wrong options or a fault of ours.
 */
export async function cleanImage(bytes: Uint8Array, options: CleanOptions): Promise<CleanResult> {
  const header = await inspectImage(bytes);
  if ("outcome" in header) return header;
  const { format, originalWidth, originalHeight } = header;
  const original = { format, originalWidth, originalHeight };
  const geometry = resizeGeometry({ width: originalWidth, height: originalHeight }, options);
  const refusal = checkLimits(header, geometry, options);
  if (refusal !== null) return { ...refusal, ...original };

  const encode = (image: Sharp): Promise<EncodedPicture> => toJpeg(image, geometry, options);
  const result =
    header.bmp === null
      ? await encodeDecoded(bytes, header, options, encode)
      : await encodeBmp(bytes, header.bmp, encode);
  if ("outcome" in result) return { ...result, ...original };
  return { outcome: "ok", ...result, ...original };
}

type Encode = (image: Sharp) => Promise<EncodedPicture>;
type Failure = Pick<CleanFailure, "outcome" | "detail">;

async function encodeDecoded(
  bytes: Uint8Array,
  { format, hasSrgbProfile }: ImageHeader,
  { maxPixels }: CleanOptions,
  encode: Encode,
): Promise<EncodedPicture | Failure> {
  const attempt = async (failOn: "error" | "warning"): Promise<EncodedPicture | Error> => {
    const image = sharp(bytes, {
      failOn,
      limitInputPixels: maxPixels,
      ignoreIcc: hasSrgbProfile,
    }).autoOrient();
    return asValue(encode(image));
  };
  // libjpeg calls lost data a warning; what others warn about is only odd.
  let result = await attempt(format === "jpeg" ? "warning" : "error");
  if (result instanceof Error && format === "jpeg" && isHarmless(result)) result = await attempt("error");
  return result instanceof Error ? decodeFailure(result, format, bytes) : result;
}

async function encodeBmp(
  bytes: Uint8Array,
  header: BmpHeader,
  encode: Encode,
): Promise<EncodedPicture | Failure> {
  const picture = decodeBmp(bytes, header);
  if (picture === null) return { outcome: "truncated_image", detail: "the file ends before its pixels do" };
  const { data, width, height } = picture;
  return encode(sharp(data, { raw: { width, height, channels: 4 }, limitInputPixels: false }));
}

/** A decoder's error as a value: the picture's fault, not the program's. */
async function asValue(encoded: Promise<EncodedPicture>): Promise<EncodedPicture | Error> {
  try {
    return await encoded;
  } catch (error) {
    if (error instanceof Error) return error;
    throw error;
  }
}
