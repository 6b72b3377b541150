const windowMs = 1_000;

/** Counts events within the last second, exactly: it remembers the time of each. */
export class RateMeter {
  readonly #times: number[] = [];
  #start = 0;

  /** Counts one; @returns how many there were in the second that ends now. */
  add(now: number): number {
    this.#times.push(now);
    return this.count(now);
  }

  /** Events in the second that ends now. */
  count(now: number): number {
    while ((this.#times[this.#start] ?? Infinity) <= now - windowMs) this.#start += 1;
    if (this.#start > 64 && this.#start * 2 > this.#times.length) {
      this.#times.splice(0, this.#start);
      this.#start = 0;
    }
    return this.#times.length - this.#start;
  }
}
