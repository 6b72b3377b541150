import { join } from "node:path";

import { type ImageRange, type ImagesReader, type Manifest, readImages } from "@leyenda/core";

/** Files that are kept open: a shard's rows come from everywhere in the list. */
const maxOpen = 128;

/** Reads pictures of the clean parts, with the files used last kept open. */
export class ImageFiles {
  readonly #folder: string;
  readonly #names: ReadonlyMap<string, string>;
  /** Least recently used first. */
  readonly #open = new Map<string, Promise<ImagesReader>>();

  constructor(folder: string, clean: Manifest) {
    this.#folder = folder;
    this.#names = new Map(clean.parts.map(({ part, files }) => [part, files["images.arrow"]?.name ?? ""]));
  }

  async read(part: string, range: ImageRange): Promise<Uint8Array> {
    const known = this.#open.get(part);
    const reader = known ?? readImages(join(this.#folder, this.#names.get(part) ?? ""));
    this.#open.delete(part);
    this.#open.set(part, reader);
    return (await reader).read(range);
  }

  /** Closes what was not used lately; to be called while nothing is being read. */
  async trim(): Promise<void> {
    for (const [part, reader] of this.#open) {
      if (this.#open.size <= maxOpen) return;
      this.#open.delete(part);
      await (await reader).close();
    }
  }

  async close(): Promise<void> {
    for (const reader of this.#open.values()) await (await reader).close();
    this.#open.clear();
  }
}
