/** A colour space as an ICC profile of the matrix kind gives it. */
export interface MatrixProfile {
  /** X, Y, Z under D50 of red, green and blue: three columns. */
  primaries: readonly [Xyz, Xyz, Xyz];
  /** From an encoded value, 0 to 1, to linear light, of red, green and blue. */
  curves: readonly [ToneCurve, ToneCurve, ToneCurve];
}
export type Xyz = readonly [number, number, number];
export type ToneCurve = (encoded: number) => number;

/**
 * Reads an ICC profile of version 2 or 4 that describes RGB by three primaries and three tone curves.
 *
 * @returns null for any other profile: one with tables, which are used instead of the matrix; other inputs than RGB; damage
 */
export function readMatrixProfile(icc: Uint8Array): MatrixProfile | null {
  const file = Buffer.from(icc.buffer, icc.byteOffset, icc.byteLength);
  if (file.length < 132 || text(file, 36) !== "acsp") return null;
  if (text(file, 16) !== "RGB " || text(file, 20) !== "XYZ ") return null;
  const tags = readTags(file);
  if (tags === null || ["A2B0", "A2B1", "A2B2"].some((name) => tags.has(name))) return null;
  const [red, green, blue] = ["rXYZ", "gXYZ", "bXYZ"].map((name) => readXyz(tags.get(name)));
  const [ofRed, ofGreen, ofBlue] = ["rTRC", "gTRC", "bTRC"].map((name) => readCurve(tags.get(name)));
  if (!red || !green || !blue || !ofRed || !ofGreen || !ofBlue) return null;
  return { primaries: [red, green, blue], curves: [ofRed, ofGreen, ofBlue] };
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

function readXyz(tag: Buffer | undefined): Xyz | null {
  return tag === undefined || tag.length < 20 ? null : [fixed(tag, 8), fixed(tag, 12), fixed(tag, 16)];
}

/** `curv`: count (4), then nothing (linear), a gamma in 8.8 bits, or samples of 16 bits. `para`: a numbered formula. */
function readCurve(tag: Buffer | undefined): ToneCurve | null {
  if (tag === undefined || tag.length < 12) return null;
  if (text(tag, 0) === "para") return readFormula(tag);
  if (text(tag, 0) !== "curv") return null;
  const count = tag.readUInt32BE(8);
  if (12 + count * 2 > tag.length) return null;
  if (count === 0) return (encoded) => encoded;
  if (count === 1) {
    const gamma = tag.readUInt16BE(12) / 256;
    return (encoded) => encoded ** gamma;
  }
  const sample = (index: number): number => tag.readUInt16BE(12 + index * 2) / 65535;
  return (encoded) => {
    const place = encoded * (count - 1);
    const below = Math.min(Math.floor(place), count - 2);
    return sample(below) + (place - below) * (sample(below + 1) - sample(below));
  };
}

/** Formula 0: x^g. Formula 3: (a·x + b)^g from d up, c·x below. Formula 4 adds e above and f below. */
function readFormula(tag: Buffer): ToneCurve | null {
  const kind = tag.readUInt16BE(8);
  const parameters = new Map([
    [0, 1],
    [3, 5],
    [4, 7],
  ]).get(kind);
  if (parameters === undefined || tag.length < 12 + parameters * 4) return null;
  const [g = 1, a = 1, b = 0, c = 0, d = 0, e = 0, f = 0] = Array.from({ length: parameters }, (_, index) =>
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
