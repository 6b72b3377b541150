/**
 * Whether a PNG or AVIF is animated, which the decoder does not tell: it shows their first frame as if it were the picture.
 * An APNG has an `acTL` chunk before its first `IDAT`; an AVIF sequence has the major brand `avis`.
 */
export function hasSeveralFrames(format: "png" | "avif", bytes: Uint8Array): boolean {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (format === "avif") return file.toString("latin1", 8, 12) === "avis";
  // Chunk: length (4), type (4), data, checksum (4); the first follows the signature of 8 bytes.
  for (let at = 8; at + 8 <= file.length; at += 12 + file.readUInt32BE(at)) {
    const type = file.toString("latin1", at + 4, at + 8);
    if (type === "acTL") return true;
    if (type === "IDAT") return false;
  }
  return false;
}
