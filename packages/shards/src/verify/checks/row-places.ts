/** Where every row lies, for 2 numbers a file and none a row. */
export class RowPlaces {
  readonly #files: { name: string; split: number; start: number }[] = [];
  readonly #splits: string[] = [];

  /** Rows from `start` on are of this file. */
  begin(name: string, split: string, start: number): void {
    if (!this.#splits.includes(split)) this.#splits.push(split);
    this.#files.push({ name, split: this.#splits.indexOf(split), start });
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

  where(row: number): string {
    const file = this.#fileOf(row);
    return file === undefined ? `row ${row}` : `${file.name}, row ${row - file.start}`;
  }

  #fileOf(row: number): { name: string; split: number; start: number } | undefined {
    let [low, high] = [0, this.#files.length];
    while (low + 1 < high) {
      const middle = (low + high) >> 1;
      if ((this.#files[middle]?.start ?? 0) <= row) low = middle;
      else high = middle;
    }
    return this.#files[low];
  }
}
