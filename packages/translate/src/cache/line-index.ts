/** Where a line lies. */
export interface LinePlace {
  file: number;
  /** Bytes. */
  offset: number;
  length: number;
}

const initialSlots = 1 << 12;

/**
 * Places by the first 64 bits of a hash, in typed arrays: 24 to 48 bytes an entry while it grows by doubling. It takes no
 * more entries than `capacity`. Two hashes that begin alike are one to it; who reads the line sees which.
 */
export class LineIndex {
  readonly #capacity: number;
  #size = 0;
  #hashes = new BigUint64Array(initialSlots);
  #files = new Uint32Array(initialSlots);
  #offsets = new Float64Array(initialSlots);
  /** 0 is a free slot. */
  #lengths = new Uint32Array(initialSlots);

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get size(): number {
    return this.#size;
  }

  /** @param hash hex digits, at least 16 */
  get(hash: string): LinePlace | null {
    const slot = this.#slotOf(toBits(hash));
    const length = this.#lengths[slot] ?? 0;
    return length === 0 ? null : { file: this.#files[slot] ?? 0, offset: this.#offsets[slot] ?? 0, length };
  }

  /** Keeps a place, unless there is one for the hash or no more room. */
  add(hash: string, place: LinePlace): void {
    if (this.#size >= this.#capacity) return;
    if (this.#size * 2 >= this.#hashes.length) this.#grow();
    this.#put(toBits(hash), place);
  }

  #put(bits: bigint, { file, offset, length }: LinePlace): void {
    const slot = this.#slotOf(bits);
    if (this.#lengths[slot] !== 0) return;
    this.#hashes[slot] = bits;
    this.#files[slot] = file;
    this.#offsets[slot] = offset;
    this.#lengths[slot] = length;
    this.#size += 1;
  }

  /** The slot with these bits, or the free one where they belong. */
  #slotOf(bits: bigint): number {
    const last = this.#hashes.length - 1;
    let slot = Number(bits & 0xffff_ffffn) & last;
    while (this.#lengths[slot] !== 0 && this.#hashes[slot] !== bits) slot = (slot + 1) & last;
    return slot;
  }

  #grow(): void {
    const [hashes, files, offsets, lengths] = [this.#hashes, this.#files, this.#offsets, this.#lengths];
    const slots = hashes.length * 2;
    this.#hashes = new BigUint64Array(slots);
    this.#files = new Uint32Array(slots);
    this.#offsets = new Float64Array(slots);
    this.#lengths = new Uint32Array(slots);
    this.#size = 0;
    for (const [slot, length] of lengths.entries()) {
      if (length > 0)
        this.#put(hashes[slot] ?? 0n, { file: files[slot] ?? 0, offset: offsets[slot] ?? 0, length });
    }
  }
}

function toBits(hash: string): bigint {
  return BigInt(`0x${hash.slice(0, 16)}`);
}
