import type { Outcome, PerceptualHash } from "@leyenda/core";

import type { ImageFormat } from "./sniff-format.js";

/** A picture that can be stored. Originals' sides are upright; all sides in pixels. */
export interface CleanedImage {
  outcome: "ok";
  encoded: Uint8Array;
  /** Of the whole upright picture, before it is cut or gets a border; null for one of nearly one colour. */
  perceptualHash: PerceptualHash | null;
  width: number;
  height: number;
  format: ImageFormat;
  originalWidth: number;
  originalHeight: number;
}

/** A picture that cannot, and why. What was known of it by then is told. */
export interface CleanFailure {
  outcome: Extract<
    Outcome,
    | "unsupported_format"
    | "corrupt"
    | "truncated_image"
    | "bomb"
    | "animated"
    | "too_small"
    | "aspect"
    | "area"
    | "decoder_timeout"
    | "decoder_crash"
    // The row's boxes to blur cannot be read.
    | "malformed_row"
  >;
  detail: string;
  format?: ImageFormat;
  originalWidth?: number;
  originalHeight?: number;
}

export type CleanResult = CleanedImage | CleanFailure;
