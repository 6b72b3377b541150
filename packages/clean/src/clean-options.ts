/** What is asked of a picture, and what becomes of it. Sides and sizes in pixels. */
export interface CleanOptions {
  /**
   * How a picture is brought to `size`: `no`; `keep_ratio` (shorter side), `keep_ratio_largest` (longer side),
   * `center_crop` (shorter side, then the middle square), `border` (longer side, then a square with borders).
   */
  resize: "no" | "keep_ratio" | "keep_ratio_largest" | "center_crop" | "border";
  size: number;
  /** Leave pictures alone that are not bigger than `size`. */
  onlyIfBigger: boolean;
  /** JPEG quality, 1 to 100. */
  quality: number;
  /** Shortest side of the original that is accepted. */
  minSide: number;
  /** Largest ratio of longer to shorter side of the original that is accepted. */
  maxAspectRatio: number;
  /** Pixels of the original above which it is a bomb, and not decoded. */
  maxPixels: number;
  /** What becomes of a picture with several frames. */
  animated: "drop" | "first_frame";
  /** `#rrggbb` under transparent pixels and around bordered pictures. */
  background: string;
}

/** img2dataset's size, with limits that keep icons, banners and bombs out. */
export const defaultCleanOptions: CleanOptions = {
  resize: "keep_ratio_largest",
  size: 512,
  onlyIfBigger: true,
  quality: 95,
  minSide: 64,
  maxAspectRatio: 5,
  maxPixels: 100_000_000,
  animated: "drop",
  background: "#ffffff",
};
