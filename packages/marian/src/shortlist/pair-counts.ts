/** The largest share of its slots that a table fills. */
const fill = 0.6;

/** A number for each pair of words: a hash table with open addressing, 16 bytes a slot. */
export class PairCounts {
  #keys = new Float64Array(1 << 16).fill(-1);
  #values = new Float64Array(1 << 16);
  #size = 0;

  get(source: number, target: number): number {
    return this.#values[this.#slot(keyOf(source, target))] ?? 0;
  }

  add(source: number, target: number, value: number): void {
    if (this.#size > fill * this.#keys.length) this.#grow();
    const key = keyOf(source, target);
    const slot = this.#slot(key);
    if (this.#keys[slot] === -1) {
      this.#keys[slot] = key;
      this.#size += 1;
    }
    this.#values[slot] = (this.#values[slot] ?? 0) + value;
  }

  *entries(): Generator<[source: number, target: number, value: number]> {
    for (const [slot, key] of this.#keys.entries()) {
      if (key !== -1) yield [Math.floor(key / words), key % words, this.#values[slot] ?? 0];
    }
  }

  /** Where the key is, or could go. */
  #slot(key: number): number {
    const mask = this.#keys.length - 1;
    const source = Math.floor(key / words);
    const mixed = Math.imul(source, 0x9e3779b1) ^ Math.imul(key - source * words, 0x85ebca6b);
    let slot = (mixed ^ (mixed >>> 15)) & mask;
    while (this.#keys[slot] !== key && this.#keys[slot] !== -1) slot = (slot + 1) & mask;
    return slot;
  }

  #grow(): void {
    const [keys, values] = [this.#keys, this.#values];
    this.#keys = new Float64Array(2 * keys.length).fill(-1);
    this.#values = new Float64Array(2 * keys.length);
    for (const [from, key] of keys.entries()) {
      if (key === -1) continue;
      const slot = this.#slot(key);
      this.#keys[slot] = key;
      this.#values[slot] = values[from] ?? 0;
    }
  }
}

/** More than any vocabulary has; a pair of such numbers is still exact in a double. */
const words = 2 ** 26;

function keyOf(source: number, target: number): number {
  return source * words + target;
}
