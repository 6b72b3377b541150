/** Signatures of the pictures that browsers show: bytes and where they stand. SVG is none of them: it can carry scripts. */
const signatures: readonly { type: string; at: number; text: string }[] = [
  { type: "image/jpeg", at: 0, text: "\xff\xd8\xff" },
  { type: "image/png", at: 0, text: "\x89PNG\r\n\x1a\n" },
  { type: "image/gif", at: 0, text: "GIF8" },
  { type: "image/webp", at: 8, text: "WEBP" },
  { type: "image/avif", at: 4, text: "ftypavif" },
  { type: "image/bmp", at: 0, text: "BM" },
];

/** Media type of a picture that is safe to show, by its first bytes; null for anything else. */
export function sniffPicture(bytes: Uint8Array): string | null {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, 16)).toString("latin1");
  return signatures.find(({ at, text }) => head.startsWith(text, at))?.type ?? null;
}
