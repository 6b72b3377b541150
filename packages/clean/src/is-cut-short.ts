import type { ImageFormat } from "./sniff-format.js";

/**
 * Whether a picture that did not decode ends before its own container says it does. Decoders report such files as damaged,
 * without saying that the rest is missing.
 */
export function isCutShort(format: ImageFormat, bytes: Uint8Array): boolean {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  switch (format) {
    case "png":
      return !endsWithin(file, 8, (at) => ({
        next: at + 12 + file.readUInt32BE(at),
        last: file.toString("latin1", at + 4, at + 8) === "IEND",
      }));
    case "webp":
      return file.length < 12 || 8 + file.readUInt32LE(4) > file.length;
    case "avif":
      return !endsWithin(file, 0, (at) => {
        const next = at + file.readUInt32BE(at);
        // A length of 0 means up to the end, of 1 that it follows in 64 bits.
        return { next: next < at + 8 ? file.length : next, last: next === file.length };
      });
    default:
      return false;
  }
}

/** Walks blocks that start with their length and type, to the last one; false when one of them is not there in full. */
function endsWithin(file: Buffer, start: number, block: (at: number) => { next: number; last: boolean }): boolean {
  for (let at = start; at + 8 <= file.length;) {
    const { next, last } = block(at);
    if (next > file.length) return false;
    if (last || next === file.length) return last || next === file.length;
    at = next;
  }
  return false;
}
