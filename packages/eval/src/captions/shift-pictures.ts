/** Remembers pictures for a while, so that captions can be scored beside others' pictures: those of `distance` rows before, in a circle. */
export class ShiftedPictures {
  readonly #distance: number;
  /** The last ones, by row modulo `distance`. */
  readonly #kept: Float32Array[] = [];
  #rows = 0;

  /** @param distance in rows; of fewer rows than that, half of them */
  constructor(distance: number) {
    this.#distance = distance;
  }

  /**
   * Takes a row's picture.
   *
   * @returns the picture that stands in for it; null where that is one of the last, which `last` gives when all are known
   */
  next(picture: Float32Array): Float32Array | null {
    const place = this.#rows % this.#distance;
    const before = this.#kept[place] ?? null;
    this.#kept[place] = picture;
    this.#rows += 1;
    return before;
  }

  /** The pictures for the first rows, for which there were none. */
  last(): Float32Array[] {
    const first = Math.min(this.#distance, this.#rows);
    return Array.from({ length: first }, (_, row) => {
      const picture = this.#kept[shiftedRow(row, this.#rows, this.#distance) % this.#distance];
      if (picture === undefined) throw new Error("a picture was not kept");
      return picture;
    });
  }
}

/** The row whose picture stands in for a row's: never itself where there are two or more. */
export function shiftedRow(row: number, rows: number, distance: number): number {
  const by = rows > distance ? distance : Math.floor(rows / 2);
  return (row - by + rows) % rows;
}
