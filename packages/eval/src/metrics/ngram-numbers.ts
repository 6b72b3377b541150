/**
 * Numbers n-grams from 1 on, the same for equal ones. An n-gram is given as the number of its first n − 1 units, 0 for none, and its last
 * unit; so no text is cut into pieces and no piece is kept.
 */
export class NgramNumbers {
  #prefixes = new Int32Array(1024);
  #units = new Int32Array(1024);
  /** 0 where there is none. */
  #numbers = new Int32Array(1024);
  /** Places that are taken, to be emptied. */
  #taken: number[] = [];

  /** How many there are. */
  get size(): number {
    return this.#taken.length;
  }

  of(prefix: number, unit: number): number {
    const place = this.#find(prefix, unit);
    const number = this.#numbers[place] ?? 0;
    if (number !== 0) return number;
    this.#taken.push(place);
    this.#prefixes[place] = prefix;
    this.#units[place] = unit;
    this.#numbers[place] = this.#taken.length;
    const added = this.#taken.length;
    if (added * 2 > this.#numbers.length) this.#grow();
    return added;
  }

  clear(): void {
    for (const place of this.#taken) this.#numbers[place] = 0;
    this.#taken.length = 0;
  }

  #find(prefix: number, unit: number): number {
    const mask = this.#numbers.length - 1;
    let hash = Math.imul(prefix, 0x9e3779b1) ^ Math.imul(unit, 0x85ebca6b);
    hash ^= hash >>> 15;
    let place = Math.imul(hash, 0x2c1b3c6d) & mask;
    while (this.#numbers[place] !== 0 && (this.#prefixes[place] !== prefix || this.#units[place] !== unit))
      place = (place + 1) & mask;
    return place;
  }

  #grow(): void {
    const [prefixes, units, numbers, taken] = [this.#prefixes, this.#units, this.#numbers, this.#taken];
    const size = numbers.length * 4;
    this.#prefixes = new Int32Array(size);
    this.#units = new Int32Array(size);
    this.#numbers = new Int32Array(size);
    this.#taken = taken.map((old) => {
      const [prefix = 0, unit = 0] = [prefixes[old], units[old]];
      const place = this.#find(prefix, unit);
      this.#prefixes[place] = prefix;
      this.#units[place] = unit;
      this.#numbers[place] = numbers[old] ?? 0;
      return place;
    });
  }
}
