/** What is asked of a picture, and what becomes of it. Sides and sizes in pixels. */
export interface CleanOptions {
  /**
   * How a picture is brought to `size`: `no`; `keep_ratio` (shorter side), `keep_ratio_largest` (longer side),
   * `center_crop` (shorter side, then the middle square), `border` (longer side, then a square with borders).
   * @default "keep_ratio_largest"
   */
  resize: "no" | "keep_ratio" | "keep_ratio_largest" | "center_crop" | "border";
  /** @default 512 */
  size: number;
  /**
   * Leave pictures alone whose side that `resize` looks at is not longer than `size`; they are neither cropped nor bordered.
   * @default true
   */
  onlyIfBigger: boolean;
  /**
   * What pictures are stored as.
   * @default "jpeg"
   */
  format: "jpeg" | "webp" | "png" | "avif";
  /**
   * Quality of a stored JPEG, WebP or AVIF, 1 to 100. PNG is without loss.
   * @default 95
   */
  quality: number;
  /**
   * Shortest side of the original that is accepted.
   * @default 64
   */
  minSide: number;
  /**
   * Largest ratio of longer to shorter side of the original that is accepted.
   * @default 5
   */
  maxAspectRatio: number;
  /**
   * Largest width × height of the original that is accepted; null for no limit but `maxPixels`.
   * @default null
   */
  maxArea: number | null;
  /**
   * Pixels of the original above which it is a bomb, and not decoded.
   * @default 100_000_000
   */
  maxPixels: number;
  /**
   * What becomes of a picture with several frames.
   * @default "drop"
   */
  animated: "drop" | "first_frame";
  /**
   * `#rrggbb` under transparent pixels and around bordered pictures.
   * @default "#ffffff"
   */
  background: string;
}

/** Longer side 512, with limits that keep icons, banners and bombs out. */
export const defaultCleanOptions: CleanOptions = {
  resize: "keep_ratio_largest",
  size: 512,
  onlyIfBigger: true,
  format: "jpeg",
  quality: 95,
  minSide: 64,
  maxAspectRatio: 5,
  maxArea: null,
  maxPixels: 100_000_000,
  animated: "drop",
  background: "#ffffff",
};
