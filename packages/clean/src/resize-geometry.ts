import type { CleanOptions } from "./clean-options.js";

/** A picture's way to its stored size: scale to `width` × `height`, then cut or fill to `canvas`. */
export interface Geometry {
  width: number;
  height: number;
  canvas: { width: number; height: number };
}

/**
 * The geometry of img2dataset's resize modes (albumentations' `smallest_max_size` and `longest_max_size`; halves round to
 * even).
 *
 * @returns null when the picture keeps its size
 */
export function resizeGeometry(
  { width, height }: { width: number; height: number },
  { resize, size, onlyIfBigger }: Pick<CleanOptions, "resize" | "size" | "onlyIfBigger">,
): Geometry | null {
  if (resize === "no") return null;
  const byShorter = resize === "keep_ratio" || resize === "center_crop";
  const side = byShorter ? Math.min(width, height) : Math.max(width, height);
  if (onlyIfBigger && side <= size) return null;
  const scale = size / side;
  const scaled = { width: atLeastOne(width * scale), height: atLeastOne(height * scale) };
  const square = resize === "center_crop" || resize === "border";
  return { ...scaled, canvas: square ? { width: size, height: size } : scaled };
}

function atLeastOne(value: number): number {
  return Math.max(1, roundHalfToEven(value));
}

function roundHalfToEven(value: number): number {
  const floor = Math.floor(value);
  return value - floor === 0.5 ? floor + (floor % 2) : Math.round(value);
}
