/** Which rows of a column have no value; without a bitmap while all have one. */
export class Nulls {
  readonly #length: number;
  #bitmap: Uint8Array | undefined;
  #count = 0;

  constructor(length: number) {
    this.#length = length;
  }

  add(row: number): void {
    this.#bitmap ??= allSet(this.#length);
    this.#bitmap[row >> 3] = (this.#bitmap[row >> 3] ?? 0) & ~(1 << (row & 7));
    this.#count += 1;
  }

  take(): { nullCount: number; nullBitmap: Uint8Array | undefined } {
    return { nullCount: this.#count, nullBitmap: this.#bitmap };
  }
}

/** Bits behind the last row are zero, as other writers leave them. */
function allSet(length: number): Uint8Array {
  const bitmap = new Uint8Array(Math.ceil(length / 8)).fill(0xff);
  const behind = length & 7;
  if (behind !== 0) bitmap[bitmap.length - 1] = (1 << behind) - 1;
  return bitmap;
}
