import { decodeRgb } from "./decode-rgb.js";
import { type PictureTransform, preparePixels } from "./prepare-pixels.js";

export interface PreprocessOptions {
  /** @default "clip-processor" */
  transform?: PictureTransform;
  /** Edge of the square the model sees, in pixels: the config's `clip_vision_config.image_size`. @default 224 */
  edge?: number;
  /**
   * Turn the picture as its EXIF orientation says. Neither `Image.open` nor torchvision's `read_image` does, so the default
   * is their behaviour; pictures of a Leyenda dataset are upright already.
   * @default false
   */
  applyOrientation?: boolean;
}

/**
 * A picture as CLIP takes it: shorter edge scaled to `edge`, centre cut out, divided by 255, normalised by channel.
 *
 * @param picture the bytes of a picture file, or its path
 * @returns [3, edge, edge] in float32: the red plane, the green, the blue
 * @throws LeyendaError SOURCE_MISSING when the file cannot be read, SOURCE_INVALID when it does not decode to the end
 * @throws RangeError when `edge` is not a positive integer, TypeError when `transform` is none of those named
 */
export async function preprocess(
  picture: Uint8Array | string,
  options: PreprocessOptions = {},
): Promise<Float32Array> {
  const edge = options.edge ?? 224;
  const out = new Float32Array(3 * checkedEdge(edge) ** 2);
  await preprocessInto(picture, out, { ...options, edge, name: "the picture's bytes" });
  return out;
}

/** `preprocess` into memory that is there, for pictures side by side. */
export async function preprocessInto(
  picture: Uint8Array | string,
  out: Float32Array,
  options: PreprocessOptions & { edge: number; name: string },
): Promise<void> {
  const { transform = "clip-processor", edge, applyOrientation = false, name } = options;
  preparePixels(await decodeRgb(picture, { applyOrientation, name }), out, { edge, transform });
}

/** The edge itself, when a square can have it. */
export function checkedEdge(edge: number): number {
  if (!Number.isInteger(edge) || edge < 1) {
    throw new RangeError(`edge is ${edge}; expected a positive whole number of pixels`);
  }
  return edge;
}
