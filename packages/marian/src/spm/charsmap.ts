/** A normalisation of some prefix of the text: what it becomes, and how many bytes it was. */
export interface NormalizedPrefix {
  text: string;
  bytes: number;
}

/** Normalises the text's next characters. */
export type Charsmap = (utf8: Uint8Array, start: number) => NormalizedPrefix;

/**
 * Reads SentencePiece's `precompiled_charsmap`: u32 size of the trie in bytes, a darts-clone double array of u32 units, then
 * NUL-terminated replacements that its values point into. The longest key that matches wins; a byte that is no UTF-8 becomes
 * U+FFFD. Units: bit 8 = has a leaf; bits 0–7 and 31 = label; bits 10–30 = offset, shifted by 8 if bit 9 is set.
 */
export function createCharsmap(blob: Uint8Array): Charsmap {
  if (blob.length === 0) return nextCharacter;
  const view = new DataView(blob.buffer, blob.byteOffset, blob.byteLength);
  const trieBytes = view.getUint32(0, true);
  if (trieBytes % 4 !== 0 || trieBytes + 4 > blob.length) throw new Error("the character map is truncated");
  const units = Uint32Array.from({ length: trieBytes / 4 }, (_, index) =>
    view.getUint32(4 + index * 4, true),
  );
  const replacements = blob.subarray(4 + trieBytes);
  const decoder = new TextDecoder();
  const replacement = (offset: number): string => {
    const end = replacements.indexOf(0, offset);
    return decoder.decode(replacements.subarray(offset, end === -1 ? replacements.length : end));
  };

  return (utf8, start) => {
    let node = offsetOf(units[0] ?? 0);
    let found = -1;
    let foundBytes = 0;
    for (let at = start; at < utf8.length; at += 1) {
      const byte = utf8[at] ?? 0;
      node ^= byte;
      const unit = units[node] ?? 0;
      if ((unit & 0x800000ff) >>> 0 !== byte) break;
      node ^= offsetOf(unit);
      if (((unit >>> 8) & 1) === 1) {
        found = (units[node] ?? 0) & 0x7fffffff;
        foundBytes = at - start + 1;
      }
    }
    return found === -1 ? nextCharacter(utf8, start) : { text: replacement(found), bytes: foundBytes };
  };
}

function offsetOf(unit: number): number {
  return (unit >>> 10) << ((unit & (1 << 9)) >>> 6);
}

const utf8Decoder = new TextDecoder();

function nextCharacter(utf8: Uint8Array, start: number): NormalizedPrefix {
  const lead = utf8[start] ?? 0;
  const bytes = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  return { text: utf8Decoder.decode(utf8.subarray(start, start + bytes)), bytes };
}
