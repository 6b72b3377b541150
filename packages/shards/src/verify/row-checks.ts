import { sha256 } from "@leyenda/core";
import { pMapIterable } from "p-map";
import sharp from "sharp";

import type { ShardRow } from "../write/shard-schema.js";
import type { Check } from "./verify-report.js";

const picturesInFlight = 4;

/** What may occur in one row only. */
type Unique = "key" | "source picture" | "stored picture" | "url and caption";

/** Where a value was seen first. */
interface Seen {
  split: string;
  where: string;
}

/** Checks rows one by one and against all rows before them. */
export class RowChecks {
  readonly #say: (check: Check, where: string, message: string) => void;
  readonly #seen: Record<Unique, Map<string, Seen>> = {
    key: new Map(),
    "source picture": new Map(),
    "stored picture": new Map(),
    "url and caption": new Map(),
  };

  constructor(say: (check: Check, where: string, message: string) => void) {
    this.#say = say;
  }

  /** @param first row number of the batch's first row in its shard */
  async check(rows: readonly ShardRow[], split: string, file: string, first: number): Promise<void> {
    const checked = pMapIterable(
      rows.map((row, index) => ({ row, where: `${file}, row ${first + index}` })),
      async ({ row, where }) => ({ row, where, problem: await pictureProblem(row) }),
      { concurrency: picturesInFlight },
    );
    for await (const { row, where, problem } of checked) {
      if (problem !== null) this.#say("picture", where, problem);
      for (const name of ["caption_es", "caption_en"] as const) {
        // A translation that is empty is told of in its flags; one that is not told of is a mistake.
        const isKnown = name === "caption_es" && row.translation_flags.split(",").includes("empty");
        if (row[name].trim() === "" && !isKnown) this.#say("caption", where, `${name} is empty`);
        if (row[name].includes("\uFFFD")) this.#say("caption", where, `${name} is not valid UTF-8`);
      }
      this.#once("key", row.key, split, where);
      this.#once("url and caption", sha256(`${row.url}\0${row.caption_en}`), split, where);
      this.#once("source picture", row.source_sha256, split, where);
      this.#once("stored picture", sha256(row.image.bytes), split, where);
    }
  }

  #once(what: Unique, value: string, split: string, where: string): void {
    const before = this.#seen[what].get(value);
    if (before === undefined) this.#seen[what].set(value, { split, where });
    // Files that differ in their metadata alone come to the same stored picture; that matters between splits only.
    else if (before.split === split) {
      if (what !== "stored picture") this.#say("duplicate", where, `the same ${what} as in ${before.where}`);
    } else this.#say("leak", where, `the same ${what} as in ${before.where}, another split`);
  }
}

/** Decodes a picture whole. */
async function pictureProblem({ image, width, height }: ShardRow): Promise<string | null> {
  try {
    const { info } = await sharp(image.bytes, { failOn: "error" })
      .raw()
      .toBuffer({ resolveWithObject: true });
    if (info.width === width && info.height === height) return null;
    return `it is ${info.width}×${info.height}, the columns say ${width}×${height}`;
  } catch (error) {
    return `it cannot be decoded: ${(error as Error).message}`;
  }
}
