import type { BmpHeader } from "./read-bmp-header.js";

/** A picture without compression: rows from the top, 4 bytes (red, green, blue, alpha) a pixel. */
export interface RawPicture {
  width: number;
  height: number;
  data: Uint8Array;
}

/**
 * Decodes the pixels of a BMP: 1 to 8 bits with a palette, 16, 24 and 32 bits with any masks, run lengths of 4 and 8 bits.
 * The caller has checked that `width` × `height` is a number of pixels it can hold.
 *
 * @returns null when the file ends before the pixels do
 */
export function decodeBmp(bytes: Uint8Array, header: BmpHeader): RawPicture | null {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { width, height, bits, compression } = header;
  const data = new Uint8Array(width * height * 4);
  if (compression === "rle4" || compression === "rle8") {
    const indices = unpackRuns(file, header);
    const palette = readPalette(file, header);
    for (let y = 0; y < height; y += 1) {
      const to = (header.topDown ? y : height - 1 - y) * width;
      for (let x = 0; x < width; x += 1) copyColour(palette, indices[y * width + x] ?? 0, data, to + x);
    }
    return { width, height, data };
  }
  // Rows are padded to 4 bytes; the last one may go without.
  const stride = Math.ceil((width * bits) / 32) * 4;
  const end = header.dataOffset + stride * (height - 1) + Math.ceil((width * bits) / 8);
  if (end > file.length) return null;
  const pixel =
    bits <= 8 ? indexedPixel(file, header) : bits === 24 ? plainPixel(file) : maskedPixel(file, header);
  for (let y = 0; y < height; y += 1) {
    const from = header.dataOffset + stride * y;
    const to = (header.topDown ? y : height - 1 - y) * width * 4;
    for (let x = 0; x < width; x += 1) pixel(from, x, data, to + x * 4);
  }
  if (header.masks[3] !== 0) makeOpaqueIfInvisible(data);
  return { width, height, data };
}

/** Writes pixel `x` of the row that starts at `from` of the file to `to` of the picture. */
type PixelReader = (from: number, x: number, data: Uint8Array, to: number) => void;

function indexedPixel(file: Buffer, header: BmpHeader): PixelReader {
  const { bits } = header;
  const perByte = 8 / bits;
  const palette = readPalette(file, header);
  return (from, x, data, to) => {
    const byte = file[from + Math.floor(x / perByte)] ?? 0;
    copyColour(palette, (byte >> (8 - bits * ((x % perByte) + 1))) & ((1 << bits) - 1), data, to / 4);
  };
}

function plainPixel(file: Buffer): PixelReader {
  return (from, x, data, to) => {
    const at = from + x * 3;
    data[to] = file[at + 2] ?? 0;
    data[to + 1] = file[at + 1] ?? 0;
    data[to + 2] = file[at] ?? 0;
    data[to + 3] = 255;
  };
}

function maskedPixel(file: Buffer, { bits, masks }: BmpHeader): PixelReader {
  const channels = masks.map((mask) => {
    const shift = mask === 0 ? 0 : 31 - Math.clz32(mask & -mask);
    return { mask, shift, most: mask >>> shift };
  });
  return (from, x, data, to) => {
    const value = bits === 16 ? file.readUInt16LE(from + x * 2) : file.readUInt32LE(from + x * 4);
    channels.forEach(({ mask, shift, most }, channel) => {
      const missing = channel === 3 ? 255 : 0;
      data[to + channel] = mask === 0 ? missing : Math.round((((value & mask) >>> shift) * 255) / most);
    });
  };
}

/** Red, green, blue, alpha of every index. The file has blue, green, red; what is beyond its end is black, as elsewhere. */
function readPalette(file: Buffer, { bits, palette }: BmpHeader): Uint8Array {
  const colours = new Uint8Array((1 << bits) * 4);
  for (let index = 0; index < 1 << bits; index += 1) {
    const at = palette.offset + index * palette.entry;
    const known = index < palette.count;
    colours.set(
      known ? [file[at + 2] ?? 0, file[at + 1] ?? 0, file[at] ?? 0, 255] : [0, 0, 0, 255],
      index * 4,
    );
  }
  return colours;
}

function copyColour(palette: Uint8Array, index: number, data: Uint8Array, pixel: number): void {
  for (let channel = 0; channel < 4; channel += 1) {
    data[pixel * 4 + channel] = palette[index * 4 + channel] ?? 0;
  }
}

/**
 * Run lengths: (count, value) repeats a value; (0, 0) ends the row, (0, 1) the picture, (0, 2, right, up) moves on, and (0, n)
 * is followed by n values, padded to 2 bytes. With 4 bits, a value is a pair of pixels that take turns. What is never
 * written keeps the first colour; what ends early is whole, for the format allows it.
 *
 * @returns an index a pixel, rows in the order of the file
 */
function unpackRuns(file: Buffer, { width, height, dataOffset, compression }: BmpHeader): Uint8Array {
  const indices = new Uint8Array(width * height);
  const nibbles = compression === "rle4";
  let [x, y] = [0, 0];
  const put = (byte: number, turn: number): void => {
    if (x >= width || y >= height) return;
    indices[y * width + x] = nibbles ? (turn % 2 === 0 ? byte >> 4 : byte & 15) : byte;
    x += 1;
  };
  for (let at = dataOffset; at + 1 < file.length && y < height;) {
    const [count = 0, value = 0] = file.subarray(at, at + 2);
    at += 2;
    if (count > 0) {
      for (let turn = 0; turn < count; turn += 1) put(value, turn);
    } else if (value === 0) {
      [x, y] = [0, y + 1];
    } else if (value === 1) {
      break;
    } else if (value === 2) {
      x += file[at] ?? 0;
      y += file[at + 1] ?? 0;
      at += 2;
    } else {
      const length = nibbles ? Math.ceil(value / 2) : value;
      for (let turn = 0; turn < value; turn += 1) put(file[at + (nibbles ? turn >> 1 : turn)] ?? 0, turn);
      at += length + (length % 2);
    }
  }
  return indices;
}

/** Many writers fill the alpha channel with zeros and mean a picture that can be seen. */
function makeOpaqueIfInvisible(data: Uint8Array): void {
  for (let at = 3; at < data.length; at += 4) if (data[at] !== 0) return;
  for (let at = 3; at < data.length; at += 4) data[at] = 255;
}
