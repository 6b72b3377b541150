/** Picture formats that are told apart, by their content alone. The first seven are decoded. */
export type ImageFormat =
  | "jpeg"
  | "png"
  | "gif"
  | "webp"
  | "avif"
  | "tiff"
  | "bmp"
  | "heic"
  | "jxl"
  | "jp2"
  | "ico"
  | "psd"
  | "pdf"
  | "svg";

/** Signatures in hex, from the start of the file; `..` is any byte. */
const signatures: readonly [ImageFormat, RegExp][] = [
  ["jpeg", /^ffd8/],
  ["png", /^89504e470d0a1a0a/],
  ["gif", /^474946383[79]61/],
  ["webp", /^52494646.{8}57454250/],
  ["tiff", /^(49492a00|4d4d002a|49492b00|4d4d002b)/],
  // "BM", and the length of one of the headers that were ever in use.
  ["bmp", /^424d.{24}(0c|10|28|34|38|40|6c|7c)000000/],
  ["avif", /^.{8}66747970(61766966|61766973)/],
  ["heic", /^.{8}66747970(68656963|68656978|68657663|68657678|6d696631|6d736631)/],
  ["jxl", /^(ff0a|0000000c4a584c20)/],
  ["jp2", /^(0000000c6a502020|ff4fff51)/],
  ["ico", /^0000010001/],
  ["psd", /^38425053/],
  ["pdf", /^255044462d/],
];

/**
 * The format of a picture by its first bytes, never by its name or declared type.
 *
 * @returns null when it is none that is known here
 */
export function sniffFormat(bytes: Uint8Array): ImageFormat | null {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 1024));
  const hex = head.toString("hex", 0, 32);
  const found = signatures.find(([, pattern]) => pattern.test(hex))?.[0];
  // A file of the generic HEIF brand may hold AVIF: it then names that brand among those it is compatible with.
  if (found === "heic" && compatibleBrands(head).includes("avif")) return "avif";
  if (found !== undefined) return found;
  return /<svg[\s>]/i.test(head.toString("latin1")) ? "svg" : null;
}

/** Brands after the major one in the `ftyp` box: length (4), "ftyp", major brand (4), version (4), brands (4 each). */
function compatibleBrands(head: Buffer): string[] {
  const end = Math.min(head.readUInt32BE(0), head.length);
  const brands: string[] = [];
  for (let at = 16; at + 4 <= end; at += 4) brands.push(head.toString("latin1", at, at + 4));
  return brands;
}
