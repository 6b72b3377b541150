import { bandBits, findNearPairs, type Scratch, type Words } from "@leyenda/core";

import { Clusters } from "../clusters.js";
import { wordsDistance } from "../marked-rows.js";
import { mixWords } from "./mix-words.js";
import { columnOf, type RecordSpill } from "./record-spill.js";

/** A group: DCT hash (2), difference hash (2), partition, ordinal. */
export const nearWords = 6;

/**
 * Finds groups that are near to each other, as many pairs of them as join all that are. Hashes that differ in at most `bits` bits
 * are equal in one of `bits + 1` bands of theirs: all that are equal in a band are compared with each other, band by band.
 *
 * @param groups laid aside by `nearPartition` of band 0
 * @param create makes such a spill for the next band
 */
export async function findNearGroups(
  groups: RecordSpill,
  bits: number,
  create: () => RecordSpill,
  onPair: (partition: number, ordinal: number, otherPartition: number, otherOrdinal: number) => void,
  pause: () => Promise<void>,
): Promise<void> {
  let spill = groups;
  for (let band = 0; band <= bits; band += 1) {
    const next = band < bits ? create() : null;
    const nextPartition = nearPartition(band + 1, bits, spill.partitions);
    for (let partition = 0; partition < spill.partitions; partition += 1) {
      await pause();
      const words = spill.read(partition);
      joinNear(words, bits, onPair);
      if (next === null) continue;
      for (let at = 0; at < words.length; at += nearWords) {
        const to = next.place(nextPartition(words[at] ?? 0, words[at + 1] ?? 0));
        for (let word = 0; word < nearWords; word += 1) next.words[to + word] = words[at + word] ?? 0;
      }
    }
    spill.close();
    if (next !== null) spill = next;
  }
}

/** Which partition a DCT hash belongs to by its bits of a band. */
export function nearPartition(
  band: number,
  bits: number,
  partitions: number,
): (high: number, low: number) => number {
  const bandOf = bandBits(band % (bits + 1), bits + 1);
  return (high, low) => mixWords(bandOf(high, low), band) % partitions;
}

function joinNear(words: Uint32Array, bits: number, onPair: Parameters<typeof findNearGroups>[3]): void {
  const count = words.length / nearWords;
  const column = (word: number): Uint32Array => columnOf(words, nearWords, word);
  const phashes: Words = { high: column(0), low: column(1) };
  const dhashes: Words = { high: column(2), low: column(3) };
  const [partitions, ordinals] = [column(4), column(5)];
  const scratch = [0, 1, 2].map(() => new Uint32Array(count)) as unknown as Scratch;
  // No more pairs than join them: a thousand likenesses of one picture would be half a million pairs.
  const clusters = new Clusters(count, (a, b) => a < b);
  findNearPairs(phashes, new Uint8Array(count).fill(1), bits, scratch, (a, b) => {
    if (wordsDistance(dhashes, a, b) <= bits && clusters.join(a, b))
      onPair(partitions[a] ?? 0, ordinals[a] ?? 0, partitions[b] ?? 0, ordinals[b] ?? 0);
  });
}
