import { shortlistChecksum, shortlistMagic } from "./read-shortlist.js";

const headerFields = 6;

/**
 * The bytes of a binary shortlist of Marian's, as `readShortlist` reads them.
 *
 * @param lists for each source word its target words
 * @param bestWords the longest length of a list
 */
export function writeShortlist(
  lists: readonly (readonly number[])[],
  { firstWords, bestWords }: { firstWords: number; bestWords: number },
): Buffer {
  const ids = lists.flat();
  const idsAt = 8 * (headerFields + lists.length + 1);
  const bytes = Buffer.alloc(idsAt + 4 * ids.length);
  const head = [shortlistMagic, 0, firstWords, bestWords, lists.length + 1, ids.length];
  head.forEach((value, index) => bytes.writeBigUInt64LE(BigInt(value), 8 * index));
  let offset = 0;
  for (let word = 0; word <= lists.length; word += 1) {
    bytes.writeBigUInt64LE(BigInt(offset), 8 * (headerFields + word));
    offset += lists[word]?.length ?? 0;
  }
  ids.forEach((id, index) => bytes.writeUInt32LE(id, idsAt + 4 * index));
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  bytes.writeBigUInt64LE(shortlistChecksum(view), 8);
  return bytes;
}
