import { preparePixels } from "@leyenda/caption-model/browser";

/** A picture that cannot be captioned, by the codes of the server. */
export class Unreadable extends Error {
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

/**
 * Decodes a picture as this browser does, upright, and prepares it with the code that the server uses.
 *
 * @param {Blob} picture
 * @param {{ edge: number, maxBytes: number, maxPixels: number }} limits
 * @returns {Promise<{ pixels: Float32Array, width: number, height: number, format: string }>}
 * @throws {Unreadable}
 */
export async function readPicture(picture, { edge, maxBytes, maxPixels }) {
  if (picture.size === 0) throw new Unreadable("empty_body", "the file is empty");
  if (picture.size > maxBytes) throw new Unreadable("too_large", `the file is more than ${maxBytes} bytes`);
  let bitmap;
  try {
    bitmap = await createImageBitmap(picture, {
      imageOrientation: "from-image",
      premultiplyAlpha: "none",
      // The model was trained on pictures whose profiles were ignored.
      colorSpaceConversion: "none",
    });
  } catch (error) {
    throw new Unreadable("unsupported_format", error.message);
  }
  const { width, height } = bitmap;
  if (width * height > maxPixels)
    throw new Unreadable("too_many_pixels", `${width}×${height} is more than ${maxPixels} pixels`);
  const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  const pixels = new Float32Array(3 * edge * edge);
  preparePixels(
    { data: withoutAlpha(context.getImageData(0, 0, width, height).data), width, height },
    pixels,
    {
      edge,
    },
  );
  return { pixels, width, height, format: picture.type.replace("image/", "") || "?" };
}

function withoutAlpha(rgba) {
  const rgb = new Uint8Array((rgba.length / 4) * 3);
  for (let from = 0, to = 0; from < rgba.length; from += 4, to += 3) {
    rgb[to] = rgba[from];
    rgb[to + 1] = rgba[from + 1];
    rgb[to + 2] = rgba[from + 2];
  }
  return rgb;
}
