/** Decoded pixels: 8 bits a channel, RGB interleaved, rows from top to bottom, `data.length = width · height · 3`. */
export interface RgbPicture {
  data: Uint8Array;
  width: number;
  height: number;
}
