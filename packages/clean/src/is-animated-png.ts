/**
 * Whether a PNG is animated: it then has an `acTL` chunk before its first `IDAT`. libvips does not tell, and shows the still
 * picture.
 */
export function isAnimatedPng(bytes: Uint8Array): boolean {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  // Chunk: length (4), type (4), data, checksum (4); the first follows the signature of 8 bytes.
  for (let at = 8; at + 8 <= file.length; at += 12 + file.readUInt32BE(at)) {
    const type = file.toString("latin1", at + 4, at + 8);
    if (type === "acTL") return true;
    if (type === "IDAT") return false;
  }
  return false;
}
