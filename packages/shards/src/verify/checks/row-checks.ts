import type { Words } from "@leyenda/core";

import type { Say } from "../problem-list.js";
import type { RowMarks } from "./file-checks.js";
import { findLookAlikes } from "./find-look-alikes.js";
import { GrowingColumn } from "./growing-column.js";
import { HashColumn } from "./hash-column.js";
import { RowPlaces } from "./row-places.js";

/** How rows may be equal, and whether that is wrong within a split. */
interface Identity {
  what: string;
  column: HashColumn;
  isWrongWithin: boolean;
}

/** Compares the rows of all files: 64 bytes a row while they come, and at most 40 more at the end. */
export class RowChecks {
  readonly #say: Say;
  readonly #places = new RowPlaces();
  readonly #keys = identity("key", true);
  readonly #sources = identity("source picture", false);
  readonly #rowsThemselves = identity("picture and captions", true);
  // Files that differ in their metadata alone come to the same stored picture; that matters between splits only.
  readonly #pictures = identity("stored picture", false);
  readonly #phashes = [new GrowingColumn(), new GrowingColumn()] as const;
  readonly #dhashes = [new GrowingColumn(), new GrowingColumn()] as const;
  #rows = 0;

  constructor(say: Say) {
    this.#say = say;
  }

  get rows(): number {
    return this.#rows;
  }

  /** Takes the rows of a file. */
  add(file: string, split: string, marks: RowMarks): void {
    this.#places.begin(file, split, this.#rows);
    this.#rows += marks.rows;
    this.#keys.column.append(marks.keys);
    this.#sources.column.append(marks.sources);
    this.#rowsThemselves.column.append(marks.rowsThemselves);
    this.#pictures.column.append(marks.pictures);
    for (const index of [0, 1] as const) {
      this.#phashes[index].append(marks.phashes[index]);
      this.#dhashes[index].append(marks.dhashes[index]);
    }
    this.#sources.isWrongWithin ||= marks.isSourceUnique;
  }

  /** Compares all rows. What was noted of them is let go. */
  finish(nearBits: number): void {
    const isLeak = new Uint8Array(this.#rows);
    for (const each of [this.#keys, this.#rowsThemselves, this.#sources, this.#pictures])
      each.column.takeGroups((group) => {
        this.#judge(each, group, isLeak);
      });
    const [phashes, dhashes] = [take(this.#phashes), take(this.#dhashes)];
    if (nearBits === 0 || this.#places.splits.length < 2) return;
    const splitOf = (row: number): number => this.#places.splitOf(row);
    for (const { row, other, bits } of findLookAlikes(phashes, dhashes, splitOf, nearBits)) {
      if (isLeak[row] === 1) continue;
      const message = `it looks like the picture of ${this.#places.where(other)}, another split (${bits} of 64 bits differ)`;
      this.#say("leak", this.#places.where(row), message);
    }
  }

  #judge({ what, isWrongWithin }: Identity, group: Uint32Array, isLeak: Uint8Array): void {
    const first = group[0] ?? 0;
    for (const row of group.subarray(1)) {
      const where = this.#places.where(row);
      if (this.#places.splitOf(row) !== this.#places.splitOf(first)) {
        isLeak[row] = 1;
        this.#say("leak", where, `the same ${what} as in ${this.#places.where(first)}, another split`);
      } else if (isWrongWithin)
        this.#say("duplicate", where, `the same ${what} as in ${this.#places.where(first)}`);
    }
  }
}

function identity(what: string, isWrongWithin: boolean): Identity {
  return { what, column: new HashColumn(), isWrongWithin };
}

function take([high, low]: readonly [GrowingColumn, GrowingColumn]): Words {
  return { high: high.take(), low: low.take() };
}
