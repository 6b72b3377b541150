/** Red, green and blue of sRGB as X, Y, Z under D50 (IEC 61966-2-1, adapted by Bradford), as its ICC profiles hold them. */
const primaries = [
  ["rXYZ", [0.4361, 0.2225, 0.0139]],
  ["gXYZ", [0.3851, 0.7169, 0.0971]],
  ["bXYZ", [0.1431, 0.0606, 0.7141]],
] as const;
/** Profiles of many makers differ by rounding; the next real space (camera RGB, P3) by 0.01 and more. */
const primaryTolerance = 0.002;
/** Half a level of 8 bits. */
const curveTolerance = 0.5 / 255;

/**
 * Whether an ICC profile is sRGB, whoever made it and whatever it calls itself, so that a transform to sRGB would change
 * nothing. Compares what a matrix profile does: its three primaries, and its tone curves at 32 places.
 *
 * @param icc a profile of version 2 or 4
 */
export function isSrgbProfile(icc: Uint8Array): boolean {
  const file = Buffer.from(icc.buffer, icc.byteOffset, icc.byteLength);
  if (file.length < 132 || text(file, 36) !== "acsp") return false;
  if (text(file, 16) !== "RGB " || text(file, 20) !== "XYZ ") return false;
  const tags = readTags(file);
  // A table, where there is one, is used instead of the matrix.
  if (tags === null || tags.has("A2B0") || tags.has("A2B1")) return false;
  const matrix = primaries.every(([name, expected]) => {
    const tag = tags.get(name);
    return (
      tag !== undefined &&
      tag.length >= 20 &&
      expected.every((value, axis) => Math.abs(fixed(tag, 8 + axis * 4) - value) < primaryTolerance)
    );
  });
  return matrix && ["rTRC", "gTRC", "bTRC"].every((name) => isSrgbCurve(tags.get(name)));
}

/** Tag table from byte 128: count (4), then name (4), offset (4), length (4) of each. */
function readTags(file: Buffer): Map<string, Buffer> | null {
  const tags = new Map<string, Buffer>();
  const count = file.readUInt32BE(128);
  if (132 + count * 12 > file.length) return null;
  for (let at = 132; at < 132 + count * 12; at += 12) {
    const [start, length] = [file.readUInt32BE(at + 4), file.readUInt32BE(at + 8)];
    if (start + length > file.length) return null;
    tags.set(text(file, at), file.subarray(start, start + length));
  }
  return tags;
}

function isSrgbCurve(tag: Buffer | undefined): boolean {
  const curve = tag === undefined ? null : readCurve(tag);
  if (curve === null) return false;
  for (let step = 0; step <= 32; step += 1) {
    const encoded = step / 32;
    const linear = curve(encoded);
    // Compared in encoded levels, where an error is equally visible in dark and light.
    const back = linear <= 0.0031308 ? linear * 12.92 : 1.055 * linear ** (1 / 2.4) - 0.055;
    if (!(Math.abs(back - encoded) < curveTolerance)) return false;
  }
  return true;
}

/** `curv`: count (4), then a gamma in 8.8 bits or that many samples of 16 bits. `para`: a numbered formula. */
function readCurve(tag: Buffer): ((encoded: number) => number) | null {
  if (tag.length < 12) return null;
  if (text(tag, 0) === "para") return readFormula(tag);
  if (text(tag, 0) !== "curv") return null;
  const count = tag.readUInt32BE(8);
  // None or one are a linear curve and a plain power: not sRGB's.
  if (count < 2 || 12 + count * 2 > tag.length) return null;
  const sample = (index: number): number => tag.readUInt16BE(12 + index * 2) / 65535;
  return (encoded) => {
    const place = encoded * (count - 1);
    const below = Math.min(Math.floor(place), count - 2);
    return sample(below) + (place - below) * (sample(below + 1) - sample(below));
  };
}

/** Formula 3: (a·x + b)^g from d up, c·x below. Formula 4 adds e above and f below. The others have no linear foot. */
function readFormula(tag: Buffer): ((encoded: number) => number) | null {
  const kind = tag.readUInt16BE(8);
  if (kind !== 3 && kind !== 4) return null;
  const parameters = kind === 3 ? 5 : 7;
  if (tag.length < 12 + parameters * 4) return null;
  const [g = 0, a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = Array.from({ length: parameters }, (_, index) =>
    fixed(tag, 12 + index * 4),
  );
  return (encoded) => (encoded >= d ? (a * encoded + b) ** g + e : c * encoded + f);
}

function text(file: Buffer, at: number): string {
  return file.toString("latin1", at, at + 4);
}

/** A signed number of 16.16 bits. */
function fixed(file: Buffer, at: number): number {
  return file.readInt32BE(at) / 65536;
}
