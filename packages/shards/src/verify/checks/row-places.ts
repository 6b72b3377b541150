interface FilePlace {
  name: string;
  split: number;
  /** The file's first row, among all and in its split. */
  start: number;
  startInSplit: number;
}

/** Where every row lies, for some numbers a file and none a row. */
export class RowPlaces {
  readonly #files: FilePlace[] = [];
  /** Rows of each split in the files that have ended. */
  readonly #ended: number[] = [];
  readonly #splits: string[] = [];

  /** Rows from `start` on are of this file. */
  begin(name: string, split: string, start: number): void {
    if (!this.#splits.includes(split)) this.#splits.push(split);
    const last = this.#files.at(-1);
    if (last !== undefined) this.#ended[last.split] = last.startInSplit + start - last.start;
    const number = this.#splits.indexOf(split);
    this.#files.push({ name, split: number, start, startInSplit: this.#ended[number] ?? 0 });
  }

  /** Number of the row's split. */
  splitOf(row: number): number {
    return this.#fileOf(row)?.split ?? 0;
  }

  nameOfSplit(row: number): string {
    return this.#splits[this.splitOf(row)] ?? "";
  }

  get splits(): readonly string[] {
    return this.#splits;
  }

  /** The row's place among those of its split, from 0: the same in every format. */
  indexInSplit(row: number): number {
    const file = this.#fileOf(row);
    return file === undefined ? row : file.startInSplit + row - file.start;
  }

  where(row: number): string {
    const file = this.#fileOf(row);
    return file === undefined ? `row ${row}` : `${file.name}, row ${row - file.start}`;
  }

  #fileOf(row: number): FilePlace | undefined {
    let [low, high] = [0, this.#files.length];
    while (low + 1 < high) {
      const middle = (low + high) >> 1;
      if ((this.#files[middle]?.start ?? 0) <= row) low = middle;
      else high = middle;
    }
    return this.#files[low];
  }
}
