/** A decoded picture: rows from the top, 3 bytes (red, green, blue in sRGB) a pixel. */
export interface Pixels {
  width: number;
  height: number;
  data: Uint8Array;
}
