import { countBits } from "./count-bits.js";
import type { Words } from "../words/words.js";

const hashBits = 64;

/** Arrays to work in, one place for each row of the table. */
export type Scratch = readonly [Uint32Array, Uint32Array, Uint32Array];

/** One band's bits of every hash, as a table of buckets: hashes with equal bits lie side by side. */
export interface Band {
  /** The band's bits of a hash: the number of its bucket. */
  bucketOf: (high: number, low: number) => number;
  /** Bucket numbers within the band's radius are `bucket ^ mask`; the first mask is 0. */
  masks: Uint32Array;
  /** First place of each bucket, and after the last bucket the count. */
  starts: Uint32Array;
  /** The hashes, bucket by bucket, and the rows that they are of. */
  high: Uint32Array;
  low: Uint32Array;
  rows: Uint32Array;
}

/**
 * Tables in which every pair of hashes within `bits` bits of each other meets at least once: multi-index hashing (Norouzi,
 * Punjani and Fleet, "Fast Search in Hamming Space with Multi-Index Hashing", 2012). Bit `i` belongs to band `i % m`, so that each
 * of the `m` bands has its share of all frequencies. With `bits = m r + a`, bands 0 to `a` are searched within radius `r` and the
 * others within `r - 1`: a pair that is farther apart in every band differs in at least
 * `(a + 1)(r + 1) + (m - 1 - a) r = bits + 1` bits.
 *
 * A table lives until the next one is asked for: they share their arrays.
 *
 * @param isMember 1 for rows to be found
 */
export function* nearBands(
  { high, low }: Words,
  isMember: Uint8Array,
  bits: number,
  [bucketHigh, bucketLow, bucketRows]: Scratch,
): Generator<Band, void, undefined> {
  const bandCount = bandsFor(isMember.length);
  const starts = new Uint32Array(2 ** Math.ceil(hashBits / bandCount) + 1);
  for (let band = 0; band < bandCount; band += 1) {
    const radius = Math.floor(bits / bandCount) - (band <= bits % bandCount ? 0 : 1);
    if (radius < 0) continue;
    const width = Math.ceil((hashBits - band) / bandCount);
    const bucketOf = bandBits(band, bandCount);
    starts.fill(0);
    // Counted two places on, summed up one place on: while rows are put in, a bucket's start moves to its end.
    for (let row = 0; row < isMember.length; row += 1) {
      if (isMember[row] === 0) continue;
      const place = bucketOf(high[row] ?? 0, low[row] ?? 0) + 2;
      if (place < starts.length) starts[place] = (starts[place] ?? 0) + 1;
    }
    for (let place = 2; place < starts.length; place += 1)
      starts[place] = (starts[place] ?? 0) + (starts[place - 1] ?? 0);
    for (let row = 0; row < isMember.length; row += 1) {
      if (isMember[row] === 0) continue;
      const [rowHigh, rowLow] = [high[row] ?? 0, low[row] ?? 0];
      const bucket = bucketOf(rowHigh, rowLow) + 1;
      const place = starts[bucket] ?? 0;
      starts[bucket] = place + 1;
      bucketHigh[place] = rowHigh;
      bucketLow[place] = rowLow;
      bucketRows[place] = row;
    }
    const used = starts.subarray(0, 2 ** width + 1);
    const masks = masksWithin(width, radius);
    yield { bucketOf, masks, starts: used, high: bucketHigh, low: bucketLow, rows: bucketRows };
  }
}

/** So many that there are about as many buckets as rows. */
function bandsFor(rows: number): number {
  if (rows < 2 ** 12) return 6;
  return rows < 2 ** 18 ? 4 : 3;
}

/**
 * The bits of a hash that belong to a band: every `bandCount`th, from bit `band` on, the first one lowest.
 *
 * @returns takes both words of a hash; a table look-up for each byte of it
 */
export function bandBits(band: number, bandCount: number): (high: number, low: number) => number {
  const table = new Uint32Array(8 * 256);
  for (let bit = band; bit < hashBits; bit += bandCount) {
    const [byte, from, to] = [bit >> 3, bit & 7, Math.floor(bit / bandCount)];
    for (let value = 0; value < 256; value += 1) {
      const at = byte * 256 + value;
      table[at] = (table[at] ?? 0) | (((value >>> from) & 1) << to);
    }
  }
  const gather = (word: number, first: number): number =>
    (table[first + (word & 0xff)] ?? 0) |
    (table[first + 256 + ((word >>> 8) & 0xff)] ?? 0) |
    (table[first + 512 + ((word >>> 16) & 0xff)] ?? 0) |
    (table[first + 768 + (word >>> 24)] ?? 0);
  return (high, low) => gather(low, 0) | gather(high, 1024);
}

/** All masks of `width` bits with at most `radius` of them set, 0 first. */
function masksWithin(width: number, radius: number): Uint32Array {
  let masks = [0];
  let newest = [0];
  for (let set = 1; set <= radius; set += 1) {
    newest = newest.flatMap((mask) => {
      const above = mask === 0 ? 0 : 32 - Math.clz32(mask);
      return Array.from({ length: width - above }, (_, index) => mask | (1 << (above + index)));
    });
    masks = [...masks, ...newest];
  }
  return Uint32Array.from(masks);
}

/** Bits in which two hashes differ. */
export function hashDistance(aHigh: number, aLow: number, bHigh: number, bLow: number): number {
  return countBits(aHigh ^ bHigh) + countBits(aLow ^ bLow);
}
