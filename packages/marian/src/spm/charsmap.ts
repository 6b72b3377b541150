/** A normalisation of some prefix of the text: what it becomes, and how many bytes it was. */
export interface NormalizedPrefix {
  text: string;
  bytes: number;
}

export interface Charsmap {
  /** Normalises the text's next characters. */
  normalizePrefix: (utf8: Uint8Array, start: number) => NormalizedPrefix;
  /** Whether the byte is an ASCII character that stands for itself here. */
  isPlain: (utf8: Uint8Array, at: number) => boolean;
}

const ascii = 128;

/**
 * Reads SentencePiece's `precompiled_charsmap`: u32 size of the trie in bytes, a darts-clone double array of u32 units, then
 * NUL-terminated replacements that its values point into. The longest key that matches wins. Units: bit 8 = has a leaf; bits 0–7 and
 * 31 = label; bits 10–30 = offset, shifted by 8 if bit 9 is set.
 *
 * @throws Error when the map is cut short
 */
export function createCharsmap(blob: Uint8Array): Charsmap {
  if (blob.length === 0)
    return { normalizePrefix: nextCharacter, isPlain: (utf8, at) => (utf8[at] ?? ascii) < ascii };
  const view = new DataView(blob.buffer, blob.byteOffset, blob.byteLength);
  const trieBytes = blob.length < 4 ? Number.POSITIVE_INFINITY : view.getUint32(0, true);
  if (trieBytes % 4 !== 0 || trieBytes + 4 > blob.length) throw new Error("the character map is truncated");
  const units = Uint32Array.from({ length: trieBytes / 4 }, (_, index) =>
    view.getUint32(4 + index * 4, true),
  );
  const replacements = blob.subarray(4 + trieBytes);
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  const replacement = (offset: number): string => {
    const end = replacements.indexOf(0, offset);
    return decoder.decode(replacements.subarray(offset, end === -1 ? replacements.length : end));
  };
  const known = new Map<number, string>();

  const normalizePrefix = (utf8: Uint8Array, start: number): NormalizedPrefix => {
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
    if (found === -1) return nextCharacter(utf8, start);
    let text = known.get(found);
    if (text === undefined) known.set(found, (text = replacement(found)));
    return { text, bytes: foundBytes };
  };

  // Characters that are mapped themselves, and pairs that are, or begin, something that is.
  const mapped = Uint8Array.from({ length: ascii }, (_, byte) => (isMapped(Uint8Array.of(byte)) ? 1 : 0));
  const pairs = Uint8Array.from({ length: ascii * ascii }, (_, pair) =>
    leads(Uint8Array.of(Math.floor(pair / ascii), pair % ascii)) ? 1 : 0,
  );
  function isMapped(bytes: Uint8Array): boolean {
    const character = String.fromCharCode(bytes[0] ?? 0);
    const { text } = normalizePrefix(bytes, 0);
    return text !== character;
  }
  /** Whether some key begins with these bytes. */
  function leads(bytes: Uint8Array): boolean {
    let node = offsetOf(units[0] ?? 0);
    return bytes.every((byte) => {
      node ^= byte;
      const unit = units[node] ?? 0;
      node ^= offsetOf(unit);
      return (unit & 0x800000ff) >>> 0 === byte;
    });
  }

  const isPlain = (utf8: Uint8Array, at: number): boolean => {
    const byte = utf8[at] ?? ascii;
    if (byte >= ascii || mapped[byte] === 1) return false;
    if (at + 1 === utf8.length) return true;
    const after = utf8[at + 1] ?? ascii;
    return after < ascii && pairs[byte * ascii + after] === 0;
  };
  return { normalizePrefix, isPlain };
}

function offsetOf(unit: number): number {
  return (unit >>> 10) << ((unit & (1 << 9)) >>> 6);
}

/** The character at a place of well-formed UTF-8. */
function nextCharacter(utf8: Uint8Array, start: number): NormalizedPrefix {
  const lead = utf8[start] ?? 0;
  if (lead < 0x80) return { text: String.fromCharCode(lead), bytes: 1 };
  const bytes = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  let point = lead & (0xff >> (bytes + 1));
  for (let index = 1; index < bytes; index += 1) point = (point << 6) | ((utf8[start + index] ?? 0) & 0x3f);
  return { text: String.fromCodePoint(point), bytes };
}
