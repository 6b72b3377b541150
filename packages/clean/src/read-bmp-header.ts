/** What stands before a BMP's pixels. */
export interface BmpHeader {
  width: number;
  height: number;
  /** Rows from the top; from the bottom otherwise. */
  topDown: boolean;
  bits: 1 | 2 | 4 | 8 | 16 | 24 | 32;
  compression: "none" | "rle4" | "rle8";
  dataOffset: number;
  /** Bits of red, green, blue and alpha in pixels of 16 and 32 bits; 0 where there are none. */
  masks: readonly [number, number, number, number];
  /** Colours, and the bytes each takes. */
  palette: { offset: number; count: number; entry: 3 | 4 };
}

const depths = [1, 2, 4, 8, 16, 24, 32] as const;

/**
 * Reads the headers of a BMP.
 *
 * ```
 *  0 "BM"      10 start of the pixels   14 length of the second header: 12 (OS/2 1), 40 to 124 (Windows), 16 or 64 (OS/2 2)
 * 18 width     22 height                26 planes   28 bits   30 compression   46 colours used   54 masks
 * 18 width (2) 20 height (2)            22 planes   24 bits                                      (12 bytes: OS/2 1)
 * ```
 *
 * @returns a sentence that says what is wrong with it, where it is not a header
 */
export function readBmpHeader(bytes: Uint8Array): BmpHeader | string {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = file.length < 18 ? 0 : file.readUInt32LE(14);
  if (file.length < Math.max(26, 14 + length)) return "the file ends within its header";
  const old = length === 12;
  const width = old ? file.readUInt16LE(18) : file.readInt32LE(18);
  const signedHeight = old ? file.readUInt16LE(20) : file.readInt32LE(22);
  const depth = file.readUInt16LE(old ? 24 : 28);
  const code = length >= 20 ? file.readUInt32LE(30) : 0;
  const bits = depths.find((known) => known === depth);
  if (width <= 0 || signedHeight === 0) return `${width}×${signedHeight} is no size`;
  if (bits === undefined) return `${depth} bits a pixel are not known`;
  const compression = compressionOf(code, bits, length);
  if (compression === null) return `compression ${code} with ${depth} bits a pixel is not known`;

  const masked = code === 3 || code === 6;
  const masksInHeader = length >= 52;
  const maskBytes = !masked || masksInHeader ? 0 : code === 6 ? 16 : 12;
  const offset = 14 + length + maskBytes;
  if (offset > file.length) return "the file ends within its header";
  const entry = old ? 3 : 4;
  const used = length >= 36 ? file.readUInt32LE(46) : 0;
  const most = bits > 8 ? 0 : 2 ** bits;
  const room = Math.floor((file.length - offset) / entry);
  const count = Math.min(used === 0 ? most : used, most, room);
  return {
    width,
    height: Math.abs(signedHeight),
    topDown: signedHeight < 0,
    bits,
    compression,
    dataOffset: file.readUInt32LE(10),
    masks: masked
      ? [
          file.readUInt32LE(54),
          file.readUInt32LE(58),
          file.readUInt32LE(62),
          length >= 56 || code === 6 ? file.readUInt32LE(66) : 0,
        ]
      : bits === 16
        ? [0x7c00, 0x3e0, 0x1f, 0]
        : [0xff0000, 0xff00, 0xff, 0],
    palette: { offset, count, entry },
  };
}

/** @returns null for a code that does not go with the depth, and for what only OS/2 2 and printers use */
function compressionOf(code: number, bits: number, length: number): BmpHeader["compression"] | null {
  if (code === 0) return "none";
  if (code === 1 && bits === 8) return "rle8";
  if (code === 2 && bits === 4) return "rle4";
  const isOs2 = length === 16 || length === 64;
  if ((code === 3 || code === 6) && !isOs2 && (bits === 16 || bits === 32)) return "none";
  return null;
}
