import { Tensor } from "onnxruntime-common";

import type { MarianConfig } from "../checkpoint/read-marian-config.js";
import type { DecoderMemory } from "./decoder-memory.js";

type Tensors = Record<string, Tensor>;

/** Steps by which a cache grows. Room that is not filled yet is masked, and costs a little of the attention over it. */
const growth = 4;

/** −∞ to a softmax, without a NaN where a whole row is masked. */
const masked = -1e30;

/** Memory that caches of batch after batch use in turn, by name. It grows to the size of the largest. */
export type CacheMemory = Map<string, Float32Array>;

/** What a search will need, as far as that can be told: memory for it is asked for at once. What is not written to, costs nothing. */
export interface Expected {
  beams: number;
  steps: number;
}

/** One of the cache's tensors, with a block for each head of each sentence. */
interface Part {
  name: string;
  /** Keys lie transposed, as their product wants them: [d, slots] in a block; values are [slots, d]. */
  transposed: boolean;
}

/**
 * What the decoder's self-attention remembers of a batch: for each layer the keys and values that every beam of a sentence made
 * at every step, a slot each; and for each row which beam of each step it has come by.
 *
 * Entries stay in their slots when beams change places: only the mask that the graph is given changes.
 */
export class DecoderCache implements DecoderMemory {
  readonly #heads: number;
  readonly #d: number;
  /** The cache is at the front of each; what lies in slots that are not filled is masked. */
  readonly #memory: CacheMemory;
  readonly #parts: readonly Part[];
  /** Numbers in a tensor, if the search is as expected. */
  readonly #expectedSize: number;
  #sentences: number;
  #beams = 1;
  /** Steps that there is room for. */
  #capacity = growth;
  /** For each step, the beam that each row has come by. */
  #ancestors: Uint8Array[] = [];

  /** @param memory of this cache alone as long as it is used */
  constructor(
    { width, decoderHeads, decoderLayers }: MarianConfig,
    sentences: number,
    memory: CacheMemory,
    { beams, steps }: Expected,
  ) {
    this.#heads = decoderHeads;
    this.#d = width / decoderHeads;
    this.#sentences = sentences;
    this.#memory = memory;
    this.#expectedSize = sentences * width * beams * (steps + growth);
    this.#parts = Array.from({ length: decoderLayers }, (_, layer): Part[] => [
      { name: `keys_${layer}`, transposed: true },
      { name: `values_${layer}`, transposed: false },
    ]).flat();
  }

  feeds(): Tensors {
    const slots = this.#slots;
    const feeds: Tensors = { self_mask: this.#mask(slots) };
    for (const { name, transposed } of this.#parts) {
      const dims = [this.#sentences, this.#heads, ...(transposed ? [this.#d, slots] : [slots, this.#d])];
      feeds[name] = new Tensor("float32", this.#buffer(name).subarray(0, this.#size), dims);
    }
    return feeds;
  }

  append(made: Readonly<Record<string, Tensor | undefined>>): void {
    if (this.#steps === this.#capacity) this.#layOut(this.#beams, this.#capacity + growth);
    const first = this.#steps * this.#beams;
    for (const { name, transposed } of this.#parts) {
      const entries = made[`new_${name}`]?.data as Float32Array | undefined;
      if (entries === undefined) throw new Error(`the graph gave no new_${name}`);
      const put = transposed ? putTransposed : putRows;
      put(entries, this.#beams, this.#buffer(name), this.#slots, first, this.#d);
    }
    this.#ancestors.push(
      Uint8Array.from({ length: this.#sentences * this.#beams }, (_, row) => row % this.#beams),
    );
  }

  reorder(beams: number, origins: Uint8Array): void {
    const oldBeams = this.#beams;
    if (beams !== oldBeams) this.#layOut(beams, this.#capacity);
    this.#ancestors = this.#ancestors.map((step) =>
      origins.map((origin, row) => step[Math.floor(row / beams) * oldBeams + origin] ?? 0),
    );
  }

  keep(places: readonly number[]): void {
    const size = this.#size / this.#sentences;
    for (const { name } of this.#parts) {
      const buffer = this.#buffer(name);
      for (const [to, from] of places.entries()) buffer.copyWithin(to * size, from * size, (from + 1) * size);
    }
    const beams = this.#beams;
    this.#ancestors = this.#ancestors.map((step) =>
      Uint8Array.from(places.flatMap((place) => [...step.subarray(place * beams, (place + 1) * beams)])),
    );
    this.#sentences = places.length;
  }

  get #steps(): number {
    return this.#ancestors.length;
  }

  get #slots(): number {
    return this.#capacity * this.#beams;
  }

  get #size(): number {
    return this.#sentences * this.#heads * this.#slots * this.#d;
  }

  /** Makes room for more steps or more beams, in place: from the end, since every entry moves up or stays. */
  #layOut(beams: number, capacity: number): void {
    const oldBeams = this.#beams;
    const oldSlots = this.#slots;
    this.#beams = beams;
    this.#capacity = capacity;
    const slots = this.#slots;
    for (const { name, transposed } of this.#parts) {
      const lines = this.#sentences * this.#heads * (transposed ? this.#d : 1);
      const entry = transposed ? 1 : this.#d;
      const [from, to] = [oldSlots * entry, slots * entry];
      // With as many beams as before, a line stays in one piece.
      const [pieces, length] = beams === oldBeams ? [1, this.#steps * beams] : [this.#steps, oldBeams];
      moveUp(this.#buffer(name), { lines, from, to, pieces, length: length * entry, apart: beams * entry });
    }
  }

  #buffer(name: string): Float32Array {
    const known = this.#memory.get(name) ?? new Float32Array();
    if (known.length >= this.#size) return known;
    const grown = new Float32Array(Math.max(this.#size, this.#expectedSize, Math.ceil(1.25 * known.length)));
    grown.set(known);
    this.#memory.set(name, grown);
    return grown;
  }

  /** [sentences, 1, beams, slots]: 0 for the entries that a beam has come by. */
  #mask(slots: number): Tensor {
    const beams = this.#beams;
    const rows = this.#sentences * beams;
    const mask = new Float32Array(rows * slots).fill(masked);
    for (const [step, ancestors] of this.#ancestors.entries()) {
      for (let row = 0; row < rows; row += 1) mask[row * slots + step * beams + (ancestors[row] ?? 0)] = 0;
    }
    return new Tensor("float32", mask, [this.#sentences, 1, beams, slots]);
  }
}

/** Pieces shorter than this are moved number by number. */
const shortPiece = 24;

/**
 * Moves lines that lie `from` numbers apart to where they lie `to` apart, from the end. A line is of `pieces` that lie side by side, and will
 * lie `apart`.
 */
function moveUp(
  buffer: Float32Array,
  {
    lines,
    from,
    to,
    pieces,
    length,
    apart,
  }: { lines: number; from: number; to: number; pieces: number; length: number; apart: number },
): void {
  for (let line = lines - 1; line >= 0; line -= 1) {
    for (let piece = pieces - 1; piece >= 0; piece -= 1) {
      const source = line * from + piece * length;
      const target = line * to + piece * apart;
      if (length >= shortPiece) buffer.copyWithin(target, source, source + length);
      else for (let at = length - 1; at >= 0; at -= 1) buffer[target + at] = buffer[source + at] ?? 0;
    }
  }
}

/** Puts entries [blocks, beams, d] into slots of blocks [slots, d]. */
function putRows(
  entries: Float32Array,
  beams: number,
  blocks: Float32Array,
  slots: number,
  first: number,
  d: number,
): void {
  const size = beams * d;
  for (let from = 0, to = first * d; from < entries.length; from += size, to += slots * d) {
    blocks.set(entries.subarray(from, from + size), to);
  }
}

/** Puts entries [blocks, beams, d] into slots of blocks [d, slots]. */
function putTransposed(
  entries: Float32Array,
  beams: number,
  blocks: Float32Array,
  slots: number,
  first: number,
  d: number,
): void {
  const size = beams * d;
  for (let from = 0, to = first; from < entries.length; from += size, to += slots * d) {
    for (let beam = 0; beam < beams; beam += 1) {
      for (let at = 0; at < d; at += 1) blocks[to + at * slots + beam] = entries[from + beam * d + at] ?? 0;
    }
  }
}
