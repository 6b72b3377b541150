import { hash } from "node:crypto";
import { availableParallelism } from "node:os";

import { pMapIterable } from "p-map";

import type { DatasetRow } from "../formats/dataset-format.js";
import type { Say } from "../problem-list.js";
import { checkCaptions } from "./check-captions.js";
import { type DecodedPicture, decodePicture } from "./decode-picture.js";
import { GrowingColumn } from "./growing-column.js";
import { HashColumn, type HashWords } from "./hash-column.js";

const picturesInFlight = 2 * availableParallelism();

/** What is kept of a file's rows, to compare them with all others: 64 bytes a row. */
export interface RowMarks {
  rows: number;
  keys: HashWords;
  sources: HashWords;
  /** Of picture and captions together. */
  rowsThemselves: HashWords;
  pictures: HashWords;
  /** Perceptual hashes, the high words and the low ones; 0 for a row without. */
  phashes: readonly [Uint32Array, Uint32Array];
  dhashes: readonly [Uint32Array, Uint32Array];
  /** Whether no two rows may come of the same original. */
  isSourceUnique: boolean;
}

/** Checks the rows of a file one by one, and notes what they are to be compared by. */
export class FileChecks {
  readonly #file: string;
  readonly #say: Say;
  readonly #keys = new HashColumn();
  readonly #sources = new HashColumn();
  readonly #rowsThemselves = new HashColumn();
  readonly #pictures = new HashColumn();
  readonly #phashes = [new GrowingColumn(), new GrowingColumn()] as const;
  readonly #dhashes = [new GrowingColumn(), new GrowingColumn()] as const;
  #isSourceUnique = false;
  #rows = 0;

  constructor(file: string, say: Say) {
    this.#file = file;
    this.#say = say;
  }

  get rows(): number {
    return this.#rows;
  }

  async check(rows: readonly DatasetRow[]): Promise<void> {
    const decoded = pMapIterable(
      rows,
      async (row) => ({ row, picture: row.picture === null ? null : await decodePicture(row.picture) }),
      { concurrency: picturesInFlight },
    );
    for await (const { row, picture } of decoded) this.#add(row, picture);
  }

  /** What was noted, which is let go. */
  take(): RowMarks {
    return {
      rows: this.#rows,
      keys: this.#keys.take(),
      sources: this.#sources.take(),
      rowsThemselves: this.#rowsThemselves.take(),
      pictures: this.#pictures.take(),
      phashes: [this.#phashes[0].take(), this.#phashes[1].take()],
      dhashes: [this.#dhashes[0].take(), this.#dhashes[1].take()],
      isSourceUnique: this.#isSourceUnique,
    };
  }

  #add(row: DatasetRow, picture: DecodedPicture | null): void {
    const where = `${this.#file}, row ${this.#rows}`;
    this.#rows += 1;
    if (row.problem !== null) this.#say("files", where, row.problem);
    this.#checkPicture(row, picture, where);
    checkCaptions(row, where, this.#say);
    const digest = row.picture === null ? null : hash("sha256", row.picture, "buffer");
    const texts = row.captions.map(({ text }) => text);
    this.#isSourceUnique ||= row.isSourceUnique;
    this.#keys.push(row.key);
    this.#sources.push(row.sourceSha256);
    this.#rowsThemselves.push(digest === null ? null : JSON.stringify([digest.toString("base64"), texts]));
    this.#pictures.pushDigest(digest);
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
}

function pushHex([high, low]: readonly [GrowingColumn, GrowingColumn], hex: string | undefined): void {
  high.push(hex === undefined ? 0 : Number.parseInt(hex.slice(0, 8), 16));
  low.push(hex === undefined ? 0 : Number.parseInt(hex.slice(8), 16));
}
