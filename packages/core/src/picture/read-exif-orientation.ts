const orientationTag = 0x0112;
const shortType = 3;

/**
 * The orientation that an EXIF block gives the picture it came with: 1 to 8, and 1 where it gives none.
 *
 * @param block a TIFF header and its first directory, without the `Exif\0\0` before it
 * @returns null for a block that is odd in any way, which a fuller reader has to judge
 */
export function readExifOrientation(block: Buffer): number | null {
  if (block.length < 14) return null;
  const order = block.toString("latin1", 0, 2);
  if (order !== "II" && order !== "MM") return null;
  const little = order === "II";
  const short = (at: number): number => (little ? block.readUInt16LE(at) : block.readUInt16BE(at));
  const long = (at: number): number => (little ? block.readUInt32LE(at) : block.readUInt32BE(at));
  const start = long(4);
  if (short(2) !== 42 || start < 8 || start + 2 > block.length) return null;
  // Entry: tag (2), type (2), count (4), value (4).
  const end = start + 2 + short(start) * 12;
  if (end > block.length) return null;
  let orientation = 1;
  let found = false;
  for (let at = start + 2; at < end; at += 12) {
    if (short(at) !== orientationTag) continue;
    orientation = short(at + 8);
    if (found || short(at + 2) !== shortType || long(at + 4) !== 1) return null;
    if (orientation < 1 || orientation > 8) return null;
    found = true;
  }
  return orientation;
}
