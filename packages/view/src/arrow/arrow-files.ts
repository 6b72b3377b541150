import { storeOf } from "@leyenda/core";

import { ArrowFile } from "./arrow-file.js";
import type { StreamIndex } from "./index-stream.js";

/** Indexes that are kept: some 100 KB for a shard of 5,000 rows. */
const keptIndexes = 48;

/** Opens files for a piece of work, and keeps the indexes of those opened last. No file stays open in between. */
export class ArrowFiles {
  /** Least recently used first. */
  readonly #indexes = new Map<string, { version: string; index: StreamIndex }>();

  /**
   * @param keep whether the file's index is worth keeping: not when every file is gone through
   * @throws LeyendaError DATA_MISSING or DATA_CORRUPT
   */
  async use<Result>(
    path: string,
    work: (file: ArrowFile) => Promise<Result>,
    { keep = true }: { keep?: boolean } = {},
  ): Promise<Result> {
    // A build may replace files while they are looked at.
    const version = (await storeOf(path).version(path)) ?? "";
    const known = this.#indexes.get(path);
    const file = await ArrowFile.open(path, known?.version === version ? known.index : undefined);
    try {
      if (keep) this.#keep(path, version, file.index);
      return await work(file);
    } finally {
      await file.close();
    }
  }

  #keep(path: string, version: string, index: StreamIndex): void {
    this.#indexes.delete(path);
    this.#indexes.set(path, { version, index });
    const [oldest] = this.#indexes.keys();
    if (this.#indexes.size > keptIndexes && oldest !== undefined) this.#indexes.delete(oldest);
  }
}
