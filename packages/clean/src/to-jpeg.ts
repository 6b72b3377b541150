import type { Sharp } from "sharp";

import type { CleanOptions } from "./clean-options.js";
import type { Geometry } from "./resize-geometry.js";

/** Longest time that libvips may take over one picture. */
const timeoutSeconds = 60;

/** What becomes of a decoded picture: flattened, fitted, sRGB of three channels, JPEG without metadata. */
export function toJpeg(image: Sharp, geometry: Geometry | null, options: CleanOptions): Sharp {
  const { quality, background } = options;
  return (
    fitted(image, geometry, options)
      .flatten({ background })
      .toColourspace("srgb")
      // Huffman tables of its own would make a picture 5 % smaller for a tenth more of all CPU time.
      .jpeg({ quality, chromaSubsampling: "4:2:0", optimiseCoding: false })
      .timeout({ seconds: timeoutSeconds })
  );
}

function fitted(image: Sharp, geometry: Geometry | null, { resize, background }: CleanOptions): Sharp {
  if (geometry === null) return image;
  const { width, height, canvas } = geometry;
  const scaled = image.resize(width, height, { fit: "fill" });
  if (resize === "center_crop") {
    const left = Math.floor((width - canvas.width) / 2);
    const top = Math.floor((height - canvas.height) / 2);
    return scaled.extract({ left, top, ...canvas });
  }
  if (resize !== "border") return scaled;
  const [x, y] = [canvas.width - width, canvas.height - height];
  const [left, top] = [Math.floor(x / 2), Math.floor(y / 2)];
  return scaled.extend({ left, right: x - left, top, bottom: y - top, background });
}
