import { normalise } from "./normalise.js";
import { resizeLikePillow } from "./resize-like-pillow.js";
import { resizeLikeTorchvision } from "./resize-like-torchvision.js";
import type { RgbPicture } from "./rgb-picture.js";

/**
 * How a picture is scaled:
 * - `clip-processor`: bicubic with antialiasing, as Pillow in Hugging Face's `CLIPProcessor`;
 * - `training`: bicubic without antialiasing, as the published model was trained (torchvision 0.10 on tensors).
 */
export type PictureTransform = "clip-processor" | "training";

/**
 * A decoded picture as CLIP takes it: shorter edge scaled to `edge`, centre cut out, divided by 255, normalised by channel. Nothing
 * here needs Node.js.
 *
 * @param out takes [3, edge, edge]: the red plane, the green, the blue
 * @throws TypeError when `transform` is none of those named
 */
export function preparePixels(
  picture: RgbPicture,
  out: Float32Array,
  { edge, transform = "clip-processor" }: { edge: number; transform?: PictureTransform },
): void {
  const resize = resizers[transform] as (typeof resizers)[PictureTransform] | undefined;
  if (resize === undefined) {
    throw new TypeError(`transform is "${transform}"; expected "clip-processor" or "training"`);
  }
  normalise(resize(picture, edge), out);
}

const resizers = {
  "clip-processor": resizeLikePillow,
  training: resizeLikeTorchvision,
} satisfies Record<PictureTransform, unknown>;
