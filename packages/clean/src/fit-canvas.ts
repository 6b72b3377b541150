import type { Pixels } from "@leyenda/core";

export interface Canvas {
  width: number;
  height: number;
}

/**
 * Puts a picture in the middle of a canvas. Where it is larger, the canvas shows its middle; where it is smaller, what it
 * leaves free has the background's colour. Of a single odd pixel, right and below get more of the border and less of the
 * picture.
 *
 * @param data memory for the canvas, 3 bytes a pixel
 */
export function fitCanvas(
  picture: Pixels,
  canvas: Canvas,
  background: string,
  data: Buffer = Buffer.allocUnsafe(canvas.width * canvas.height * 3),
): Pixels {
  if (picture.width === canvas.width && picture.height === canvas.height) return picture;
  data.fill(background.slice(1), "hex");
  const across = overlap(picture.width, canvas.width);
  const down = overlap(picture.height, canvas.height);
  for (let row = 0; row < down.length; row += 1) {
    const from = ((down.from + row) * picture.width + across.from) * 3;
    const to = ((down.to + row) * canvas.width + across.to) * 3;
    data.set(picture.data.subarray(from, from + across.length * 3), to);
  }
  return { ...canvas, data };
}

/** Which pixels along one axis go where. */
function overlap(picture: number, canvas: number): { from: number; to: number; length: number } {
  return {
    from: Math.max(0, Math.floor((picture - canvas) / 2)),
    to: Math.max(0, Math.floor((canvas - picture) / 2)),
    length: Math.min(picture, canvas),
  };
}
