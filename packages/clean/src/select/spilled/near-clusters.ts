import { Clusters } from "../clusters.js";
import { compareCells } from "../compare-cells.js";
import type { RecordSpill } from "./record-spill.js";
import type { OpenPartition } from "./open-partition.js";

/** Partition and ordinal of both groups of a pair. */
export const pairWords = 4;

/** The row that a cluster of duplicates keeps. */
export interface Keeper {
  part: number;
  row: number;
  /** Its key is 16 bytes, at `place` times 16 of these. */
  keys: Uint8Array;
  place: number;
  body: readonly [high: number, low: number];
  phash: readonly [high: number, low: number];
}

/** Part and row of a cluster's keeper, body (2), DCT hash (2). */
const keeperWords = 6;
const none = 0xffffffff;

/** Clusters of groups that are near to each other. 8 bytes a group that has a near double, and 40 a cluster. */
export class NearClusters {
  /** By partition: the ordinals of groups that have near doubles, ascending, and where they begin among all. */
  readonly #ordinals: Uint32Array[] = [];
  readonly #starts: number[] = [];
  /** Number of each group's cluster. */
  readonly #clusterOf: Uint32Array;
  readonly #keys: Uint8Array;
  readonly #keepers: Uint32Array;

  /**
   * @param pairs by any partition
   * @param ends of all pairs, a word each: the ordinal, by partition
   */
  constructor(pairs: RecordSpill, ends: RecordSpill) {
    let count = 0;
    for (let partition = 0; partition < ends.partitions; partition += 1) {
      const ordinals = ends.read(partition).sort();
      this.#starts.push(count);
      this.#ordinals.push(
        ordinals.filter((ordinal, index) => index === 0 || ordinal !== ordinals[index - 1]),
      );
      count += this.#ordinals[partition]?.length ?? 0;
    }
    const clusters = new Clusters(count, (a, b) => a < b);
    for (let partition = 0; partition < pairs.partitions; partition += 1) {
      const words = pairs.read(partition);
      for (let at = 0; at < words.length; at += pairWords) {
        const [a, b] = [0, 2].map((end) => this.#indexOf(words[at + end] ?? 0, words[at + end + 1] ?? 0));
        clusters.join(a ?? 0, b ?? 0);
      }
    }
    this.#clusterOf = clusters.keepers();
    // The first group of a cluster has the smallest index of all, so its number is known before it is asked for.
    let numbers = 0;
    for (let group = 0; group < count; group += 1) {
      const first = this.#clusterOf[group] ?? group;
      this.#clusterOf[group] = first === group ? numbers++ : (this.#clusterOf[first] ?? 0);
    }
    this.#keys = new Uint8Array(numbers * 16);
    this.#keepers = new Uint32Array(numbers * keeperWords).fill(none);
  }

  /** @returns the number of a group's cluster; null for a group that has no near double */
  clusterOf(partition: number, ordinal: number | null): number | null {
    if (ordinal === null) return null;
    const index = this.#indexOf(partition, ordinal);
    return index < 0 ? null : (this.#clusterOf[index] ?? null);
  }

  /** Tells a cluster of a group's row, which it keeps unless it knows a smaller key, or an equal one of an earlier row. */
  offer(cluster: number, { table, parts, rows }: OpenPartition, row: number): void {
    const at = cluster * keeperWords;
    const [part = 0, line = 0] = [parts[row], rows[row]];
    if (this.#keepers[at] !== none) {
      const ahead =
        compareCells(table.keys, row, this.#keys, cluster) ||
        part - (this.#keepers[at] ?? 0) ||
        line - (this.#keepers[at + 1] ?? 0);
      if (ahead > 0) return;
    }
    this.#keys.set(table.keys.subarray(row * 16, row * 16 + 16), cluster * 16);
    const { bodies, phashes } = table;
    this.#keepers.set(
      [part, line, bodies.high[row], bodies.low[row], phashes.high[row], phashes.low[row]].map(
        (word) => word ?? 0,
      ),
      at,
    );
  }

  keeperOf(cluster: number): Keeper {
    const [part = 0, row = 0, bodyHigh = 0, bodyLow = 0, phashHigh = 0, phashLow = 0] =
      this.#keepers.subarray(cluster * keeperWords, (cluster + 1) * keeperWords);
    return {
      part,
      row,
      keys: this.#keys,
      place: cluster,
      body: [bodyHigh, bodyLow],
      phash: [phashHigh, phashLow],
    };
  }

  /** @returns the group's place among all, or -1 */
  #indexOf(partition: number, ordinal: number): number {
    const ordinals = this.#ordinals[partition] ?? new Uint32Array();
    let [low, high] = [0, ordinals.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((ordinals[middle] ?? 0) < ordinal) low = middle + 1;
      else high = middle;
    }
    return ordinals[low] === ordinal ? (this.#starts[partition] ?? 0) + low : -1;
  }
}
