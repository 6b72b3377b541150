import "@leyenda/core/libvips-threads";

import sharp from "sharp";

const pixels = 320;

/**
 * A small JPEG of a picture for a page, in base64.
 *
 * @param picture the bytes of a picture file, or its path
 * @throws what sharp finds wrong with it
 */
export async function thumbnail(picture: Uint8Array | string): Promise<string> {
  const small = sharp(picture).resize(pixels, pixels, { fit: "inside", withoutEnlargement: true });
  return (await small.flatten({ background: "white" }).jpeg({ quality: 75 }).toBuffer()).toString("base64");
}
