/**
 * CMYK bytes, 255 meaning full ink, to RGB as Pillow converts them: without a colour profile, each channel
 * `(255 − K) − C · (255 − K) / 255`, the quotient rounded as Pillow's `MULDIV255` does.
 *
 * @param channels of `cmyk`: 4, or more when alpha follows, which is dropped
 */
export function cmykToRgb(cmyk: Uint8Array, channels: number): Uint8Array {
  const pixels = cmyk.length / channels;
  const rgb = new Uint8Array(pixels * 3);
  for (let pixel = 0; pixel < pixels; pixel++) {
    const from = pixel * channels;
    const white = 255 - (cmyk[from + 3] ?? 0);
    for (let c = 0; c < 3; c++) rgb[pixel * 3 + c] = white - mulDiv255(cmyk[from + c] ?? 0, white);
  }
  return rgb;
}

/** a · b / 255, rounded, in integers. */
function mulDiv255(a: number, b: number): number {
  const product = a * b + 128;
  return ((product >> 8) + product) >> 8;
}
