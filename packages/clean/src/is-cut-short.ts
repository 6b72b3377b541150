import type { ImageFormat } from "./sniff-format.js";

/**
 * Whether a picture that did not decode ends before its own container says it does. Decoders report such files as damaged,
 * without saying that the rest is missing.
 */
export function isCutShort(format: ImageFormat, bytes: Uint8Array): boolean {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (format === "png") return isPngCutShort(file);
  if (format === "webp") return file.length < 12 || 8 + file.readUInt32LE(4) > file.length;
  if (format === "avif") return isAvifCutShort(file);
  return false;
}

/** Chunk: length of the data (4), type (4), data, checksum (4). The last one is `IEND`. */
function isPngCutShort(file: Buffer): boolean {
  for (let at = 8; at + 12 <= file.length; at += 12 + file.readUInt32BE(at)) {
    const type = file.toString("latin1", at + 4, at + 8);
    // What is no chunk was reached by a wrong length: damaged, and perhaps whole.
    if (type === "IEND" || !/^[A-Za-z]{4}$/.test(type)) return false;
  }
  return true;
}

/** Box: its own length (4), type (4), data. A length of 0 means up to the end; 1, that it follows in 64 bits: left alone. */
function isAvifCutShort(file: Buffer): boolean {
  let at = 0;
  while (at + 8 <= file.length) {
    const length = file.readUInt32BE(at);
    if (length < 8) return false;
    at += length;
  }
  return at !== file.length;
}
