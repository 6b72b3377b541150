import "@leyenda/core/libvips-threads";

import sharp, { type Sharp } from "sharp";

import { drawScene } from "./draw-scene.js";
import type { Scene } from "./grammar/make-scene.js";

export const formats = ["jpeg", "png", "webp", "avif", "gif"] as const;
export type PictureFormat = (typeof formats)[number];

/** What is unusual about a file that is in order. */
export type PictureVariant =
  "plain" | "orientation" | "grey" | "cmyk" | "alpha" | "icc" | "16bit" | "palette";

/** A picture to be drawn; the same spec gives the same bytes. Sides in pixels, upright. */
export interface PictureSpec {
  scene: Scene;
  seed: number;
  width: number;
  height: number;
  format: PictureFormat;
  variant: PictureVariant;
}

/** Draws and encodes a picture. */
export async function renderPicture(spec: PictureSpec): Promise<Buffer> {
  const drawn = sharp(Buffer.from(drawScene(spec.scene, spec.width, spec.height, spec.seed)));
  return encode(await vary(drawn, spec), spec).toBuffer();
}

async function vary(image: Sharp, { variant, seed, width, height }: PictureSpec): Promise<Sharp> {
  const opaque = image.flatten({ background: "#ffffff" });
  switch (variant) {
    case "orientation":
      return asTaken(opaque, 1 + (seed % 8));
    case "grey":
      return opaque.greyscale();
    case "cmyk":
      return opaque.toColourspace("cmyk");
    case "icc":
      return opaque.withIccProfile("p3");
    case "16bit":
      return opaque.toColourspace("rgb16");
    case "alpha": {
      const hole = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><circle cx="${width * 0.8}" cy="${height * 0.2}" r="${height * 0.15}"/></svg>`;
      return sharp(await image.png().toBuffer()).composite([{ input: Buffer.from(hole), blend: "dest-out" }]);
    }
    case "palette":
    case "plain":
      return opaque;
  }
}

/** Turns the pixels the way a camera stores them, so that the EXIF orientation brings them upright again. */
async function asTaken(image: Sharp, orientation: number): Promise<Sharp> {
  const undo: Record<number, (turned: Sharp) => Sharp> = {
    1: (turned) => turned,
    2: (turned) => turned.flop(),
    3: (turned) => turned.rotate(180),
    4: (turned) => turned.flip(),
    5: (turned) => turned.rotate(90).flop(),
    6: (turned) => turned.rotate(270),
    7: (turned) => turned.rotate(270).flop(),
    8: (turned) => turned.rotate(90),
  };
  const pixels = await image.png({ compressionLevel: 0 }).toBuffer();
  const turned = undo[orientation]?.(sharp(pixels)) ?? sharp(pixels);
  return sharp(await turned.png({ compressionLevel: 0 }).toBuffer()).withMetadata({ orientation });
}

function encode(image: Sharp, { format, variant }: PictureSpec): Sharp {
  switch (format) {
    case "jpeg":
      return image.jpeg({ quality: 88 });
    case "png":
      return image.png({ compressionLevel: 3, palette: variant === "palette" });
    case "webp":
      return image.webp({ quality: 82, effort: 0 });
    case "avif":
      return image.avif({ quality: 55, effort: 0 });
    case "gif":
      return image.gif({ effort: 1, colours: 64 });
  }
}
