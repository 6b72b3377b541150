import { invalidModel } from "../checkpoint/invalid-model.js";
import { readModelFile } from "../checkpoint/read-model-file.js";

/** The file of a converted model's shortlist. */
export const shortlistFile = "shortlist.bin";

export const shortlistMagic = 0xf11a48d5013417f5n;
const headerBytes = 48;

/** Marian's matrices want a multiple of this. */
const alignment = 8;

/** The words that can come up in the translation of given words. */
export interface Shortlist {
  /** Words that are always in it: the first of the vocabulary. */
  firstWords: number;
  /** Source words that it has lists for. */
  sourceWords: number;
  /**
   * The target ids for the source ids of a batch, ascending: the first words, and each source word's list; filled with the next words
   * to a multiple of 8. It depends on what is in the batch, so batches have to be the same wherever the same words are wanted.
   *
   * @param vocabularySize ids from here on are left out
   */
  forSources: (ids: Iterable<number>, vocabularySize: number) => Int32Array;
}

/**
 * Reads Marian's binary shortlist (`lex.*.s2t.bin`): u64 × 6 (magic, checksum, first words, best words, offsets, ids), u64 offsets,
 * u32 ids. The checksum is over what follows it, by u64. Source word w has the ids from its offset to the next word's.
 *
 * @throws LeyendaError MODEL_MISSING, or MODEL_INVALID when the file is cut short or damaged
 */
export async function readShortlist(path: string): Promise<Shortlist> {
  return parseShortlist(await readModelFile(path, "the shortlist"), path);
}

/** The same of bytes that have been read. @param path for errors */
export function parseShortlist(bytes: Buffer, path: string): Shortlist {
  if (bytes.length < headerBytes || bytes.readBigUInt64LE(0) !== shortlistMagic)
    throw invalidModel(path, "not a binary shortlist of Marian's");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const field = (index: number): number => Number(bytes.readBigUInt64LE(index * 8));
  const [firstWords, offsetCount, idCount] = [field(2), field(4), field(5)];
  const wanted = headerBytes + 8 * offsetCount + 4 * idCount;
  if (bytes.length !== wanted)
    throw invalidModel(path, `the file is truncated: it has ${bytes.length} bytes of ${wanted}`);
  if (shortlistChecksum(view) !== bytes.readBigUInt64LE(8))
    throw invalidModel(path, "it does not fit its checksum: the file is damaged");
  const body = new Uint8Array(bytes.subarray(headerBytes)).buffer;
  const offsets = Uint32Array.from({ length: offsetCount }, (_, word) => field(6 + word));
  const ids = new Uint32Array(body, 8 * offsetCount, idCount);
  if (offsets.some((offset, word) => offset > (offsets[word + 1] ?? idCount)))
    throw invalidModel(path, "the lists are not in order: the file is damaged");

  const forSources = (sources: Iterable<number>, vocabularySize: number): Int32Array => {
    const chosen = new Uint8Array(vocabularySize);
    chosen.fill(1, 0, firstWords);
    for (const source of sources) {
      for (let at = offsets[source] ?? 0; at < (offsets[source + 1] ?? 0); at += 1) {
        const id = ids[at] ?? vocabularySize;
        if (id < vocabularySize) chosen[id] = 1;
      }
    }
    let count = chosen.reduce((sum, one) => sum + one, 0);
    for (let id = firstWords; id < vocabularySize && count % alignment !== 0; id += 1) {
      if (chosen[id] === 1) continue;
      chosen[id] = 1;
      count += 1;
    }
    const found = new Int32Array(count);
    let at = 0;
    for (const [id, one] of chosen.entries()) if (one === 1) found[at++] = id;
    return found;
  };
  return { firstWords, sourceWords: Math.max(0, offsetCount - 1), forSources };
}

/** Marian's `hashMem`: Boost's `hash_combine` over all whole u64 after the checksum. */
export function shortlistChecksum(view: DataView): bigint {
  let seed = 0n;
  for (let at = 16; at + 8 <= view.byteLength; at += 8) {
    const next = view.getBigUint64(at, true) + 0x9e3779b9n + (seed << 6n) + (seed >> 2n);
    seed ^= BigInt.asUintN(64, next);
  }
  return seed;
}
