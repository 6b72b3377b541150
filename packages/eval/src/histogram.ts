import type { Count } from "./report/report-data.js";

/** Counts values between given borders. */
export class Histogram {
  readonly #borders: readonly number[];
  readonly #counts: number[];

  /** @param borders rising; the first and the last bar are open */
  constructor(borders: readonly number[]) {
    this.#borders = borders;
    this.#counts = new Array<number>(borders.length + 1).fill(0);
  }

  add(value: number): void {
    const found = this.#borders.findIndex((border) => value <= border);
    const bar = found === -1 ? this.#borders.length : found;
    this.#counts[bar] = (this.#counts[bar] ?? 0) + 1;
  }

  /** Bars from the first to the last that has a value. */
  bars(): Count[] {
    const last = this.#counts.findLastIndex((count) => count > 0);
    return this.#counts.slice(0, last + 1).map((count, bar) => ({ label: this.#label(bar), count }));
  }

  #label(bar: number): string {
    const [below, above] = [this.#borders[bar - 1], this.#borders[bar]];
    if (above === undefined) return `more than ${below ?? 0}`;
    return below === undefined ? `up to ${above}` : `${below} to ${above}`;
  }
}
