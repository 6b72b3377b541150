import turbo from "@julusian/jpeg-turbo";
import { type Pixels, readJpegHeader } from "@leyenda/core";

/** Pixels of a picture that may be decoded at once, in the thread that asks: a hundredth of a second. */
const mostPixels = 1 << 22;

/** Used again for every picture: what is returned lies in it. */
let memory = Buffer.alloc(0);

/**
 * Decodes an ordinary JPEG with libjpeg-turbo, without the pipeline and the threads of libvips, which cost many times as much for a
 * small picture. It refuses whatever libjpeg warns about.
 *
 * @returns pixels, until the next call; null when anything is odd, and libvips has to say what it is
 */
export function decodePlainJpeg(bytes: Uint8Array): Pixels | null {
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8) return null;
  const header = readJpegHeader(bytes);
  if (header?.plain !== true || header.orientation !== 1 || header.icc !== null) return null;
  const pixels = header.width * header.height;
  if (pixels > mostPixels) return null;
  if (memory.length < pixels * 3) memory = Buffer.alloc(pixels * 3);
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  try {
    const { width, height } = turbo.decompressSync(file, memory, { format: turbo.FORMAT_RGB });
    return width === header.width && height === header.height ? { data: memory, width, height } : null;
  } catch {
    return null;
  }
}
