/** A picture as the model takes it. */
export interface Prepared {
  /** float32 [3, edge, edge], see `preprocess`. */
  pixels: Float32Array;
  /** Upright, in pixels. */
  width: number;
  height: number;
  format: string;
  /** A small JPEG of it, where one was asked for. */
  preview: Uint8Array | null;
}

/** To the decoder's process. */
export interface ToDecoder {
  bytes: Uint8Array;
  /** Edge of the square that the model sees, in pixels. */
  edge: number;
  maxPixels: number;
  preview: boolean;
}

/** Back from it: a picture, what is wrong with the bytes, or a fault of ours. */
export type FromDecoder = (
  | { prepared: Prepared }
  | { refused: { status: number; code: string; message: string; hint: string | undefined } }
  | { fault: string }
) & {
  /** Resident memory of its process, bytes. */
  rss: number;
};
