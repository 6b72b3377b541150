import { availableParallelism } from "node:os";
import { hash } from "node:crypto";

import type { Words } from "@leyenda/core";
import { pMapIterable } from "p-map";

import type { DatasetRow } from "../formats/dataset-format.js";
import type { Say } from "../problem-list.js";
import { checkCaptions } from "./check-captions.js";
import { type DecodedPicture, decodePicture } from "./decode-picture.js";
import { findLookAlikes } from "./find-look-alikes.js";
import { GrowingColumn } from "./growing-column.js";
import { HashColumn } from "./hash-column.js";
import { RowPlaces } from "./row-places.js";

const picturesInFlight = 2 * availableParallelism();

/** How rows may be equal, and whether that is wrong within a split. */
interface Identity {
  what: string;
  column: HashColumn;
  isWrongWithin: boolean;
}

/**
 * Checks rows one by one, and then all against each other: 64 bytes a row while they come, and at most 40 more at the end.
 */
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

  /** The rows to come are of this file. */
  begin(file: string, split: string): void {
    this.#places.begin(file, split, this.#rows);
  }

  async check(rows: readonly DatasetRow[]): Promise<void> {
    const decoded = pMapIterable(
      rows,
      async (row) => ({ row, picture: row.picture === null ? null : await decodePicture(row.picture) }),
      { concurrency: picturesInFlight },
    );
    for await (const { row, picture } of decoded) this.#add(row, picture);
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

  #add(row: DatasetRow, picture: DecodedPicture | null): void {
    const where = this.#places.where(this.#rows);
    this.#rows += 1;
    if (row.problem !== null) this.#say("files", where, row.problem);
    this.#checkPicture(row, picture, where);
    checkCaptions(row, where, this.#say);
    const digest = row.picture === null ? null : hash("sha256", row.picture, "buffer");
    const texts = row.captions.map(({ text }) => text);
    if (row.isSourceUnique) this.#sources.isWrongWithin = true;
    this.#keys.column.push(row.key);
    this.#sources.column.push(row.sourceSha256);
    this.#rowsThemselves.column.push(
      digest === null ? null : JSON.stringify([digest.toString("base64"), texts]),
    );
    this.#pictures.column.pushDigest(digest);
    const look = picture?.ok === true ? picture.hash : null;
    pushHex(this.#phashes, look?.phash);
    pushHex(this.#dhashes, look?.dhash);
  }

  #checkPicture(row: DatasetRow, picture: DecodedPicture | null, where: string): void {
    if (picture === null) {
      if (row.problem === null) this.#say("picture", where, "there is none");
    } else if (!picture.ok) this.#say("picture", where, `it cannot be decoded: ${picture.reason}`);
    else {
      if (picture.warning !== null)
        this.#say("picture", where, `its decoder warns: ${picture.warning}`, "warning");
      const [width, height] = [row.width ?? picture.width, row.height ?? picture.height];
      // Columns of some datasets give the sides of the original.
      const isOurs = row.isSourceUnique;
      if (width !== picture.width || height !== picture.height)
        this.#say(
          "picture",
          where,
          `it is ${picture.width}×${picture.height}, the columns say ${width}×${height}`,
          isOurs ? "error" : "warning",
        );
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

function pushHex([high, low]: readonly [GrowingColumn, GrowingColumn], hex: string | undefined): void {
  high.push(hex === undefined ? 0 : Number.parseInt(hex.slice(0, 8), 16));
  low.push(hex === undefined ? 0 : Number.parseInt(hex.slice(8), 16));
}

function take([high, low]: readonly [GrowingColumn, GrowingColumn]): Words {
  return { high: high.take(), low: low.take() };
}
