import "@leyenda/core/libvips-threads";

import { readJpegHeader } from "@leyenda/core";
import sharp, { type Metadata } from "sharp";

import type { CleanFailure } from "./clean-result.js";
import { decodeFailure } from "./decode-failure.js";
import { isAnimatedPng } from "./is-animated-png.js";
import { isSrgbProfile } from "./is-srgb-profile.js";
import { libvips } from "./libvips.js";
import { type BmpHeader, readBmpHeader } from "./read-bmp-header.js";
import { type MatrixProfile, readMatrixProfile } from "./read-matrix-profile.js";
import { type ImageFormat, sniffFormat } from "./sniff-format.js";

/** What the header says, upright. */
export interface ImageHeader {
  format: ImageFormat;
  originalWidth: number;
  originalHeight: number;
  /**
   * The embedded profile: sRGB itself, so that a transform would change nothing but the time it takes; one that three
   * primaries and curves describe; or another, which libvips has to deal with.
   */
  profile: "none" | "srgb" | "other" | MatrixProfile;
  severalFrames: boolean;
  /** A JPEG of luma and chroma, upright and in one scan, so that decoding it takes time and memory by its size alone. */
  plain: boolean;
  /** Of a BMP, which is decoded here; null for all others. */
  bmp: BmpHeader | null;
}

const decoded = new Set<ImageFormat>(["jpeg", "png", "gif", "webp", "avif", "tiff", "bmp"]);

/** Reads the header; what it says is a promise, and kept or broken only when the picture is decoded. */
export async function inspectImage(bytes: Uint8Array): Promise<ImageHeader | CleanFailure> {
  const format = sniffFormat(bytes);
  if (format === null) return { outcome: "unsupported_format", detail: "not a picture format that is known" };
  // Nothing else reaches libvips, which would also render SVG and whatever it was built with.
  if (!decoded.has(format))
    return { outcome: "unsupported_format", detail: `${format} is not decoded`, format };
  // libvips does not open sequences, whose still picture is optional.
  if (format === "avif" && Buffer.from(bytes.subarray(8, 12)).toString() === "avis") {
    return { outcome: "animated", detail: "an AVIF sequence", format };
  }
  if (format === "bmp") return inspectBmp(bytes);
  return (format === "jpeg" ? inspectPlainJpeg(bytes) : null) ?? inspectWithSharp(bytes, format);
}

/** @returns null for a JPEG that is out of the ordinary */
function inspectPlainJpeg(bytes: Uint8Array): ImageHeader | null {
  const header = readJpegHeader(bytes);
  if (header === null) return null;
  const { width, height, components, orientation, icc, plain } = header;
  const turned = orientation >= 5;
  return {
    format: "jpeg",
    originalWidth: turned ? height : width,
    originalHeight: turned ? width : height,
    profile: icc === null ? "none" : judgeProfile(icc, components === 3),
    severalFrames: false,
    plain: plain && orientation === 1,
    bmp: null,
  };
}

/** @param convertible whether pixels can be brought to sRGB after they were decoded: three channels of 8 bits, no alpha */
function judgeProfile(icc: Uint8Array, convertible: boolean): ImageHeader["profile"] {
  const matrix = readMatrixProfile(icc);
  if (matrix === null) return "other";
  if (isSrgbProfile(matrix)) return "srgb";
  return convertible ? matrix : "other";
}

function inspectBmp(bytes: Uint8Array): ImageHeader | CleanFailure {
  const bmp = readBmpHeader(bytes);
  if (typeof bmp === "string") return { outcome: "corrupt", detail: bmp, format: "bmp" };
  return {
    format: "bmp",
    originalWidth: bmp.width,
    originalHeight: bmp.height,
    profile: "none",
    severalFrames: false,
    plain: false,
    bmp,
  };
}

async function inspectWithSharp(bytes: Uint8Array, format: ImageFormat): Promise<ImageHeader | CleanFailure> {
  let metadata: Metadata;
  try {
    metadata = await libvips.take(() => sharp(bytes, { limitInputPixels: false, failOn: "none" }).metadata());
  } catch (error) {
    return { ...decodeFailure(error, format, bytes), format };
  }
  const { width, height } = metadata.autoOrient;
  // A TIFF's further pages, like a JPEG's further pictures, are not frames: the first one is the picture.
  const pages = format === "tiff" ? 1 : (metadata.pages ?? 1);
  return {
    format,
    originalWidth: width,
    originalHeight: height,
    profile: metadata.icc === undefined ? "none" : judgeProfile(metadata.icc, false),
    severalFrames: pages > 1 || (format === "png" && isAnimatedPng(bytes)),
    plain: false,
    bmp: null,
  };
}
