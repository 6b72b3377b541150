import { join } from "node:path";

import type { Manifest } from "../parts/manifest.js";
import type { ImageRange } from "./images-writer.js";
import { type ImagesReader, readImages } from "./read-images.js";

/**
 * Files that are kept open: a shard's rows come from everywhere in the list, and opening a file again costs more than reading a
 * picture. Conceptual 12M has 1,240 parts; Node.js may open as many files as the system lets it, which is 4,096 or more.
 */
const maxOpen = 2048;

/** Where a picture lies: in which clean part, and in that part's images file. */
export interface ImagePlace extends ImageRange {
  part: string;
}

/** Reads pictures of the clean parts by their place, for several readers at a time, with the files used last kept open. */
export class ImageFiles {
  readonly #folder: string;
  readonly #names: ReadonlyMap<string, string>;
  /** Least recently used first. */
  readonly #open = new Map<string, Promise<ImagesReader>>();

  constructor(folder: string, clean: Manifest) {
    this.#folder = folder;
    this.#names = new Map(clean.parts.map(({ part, files }) => [part, files["images.arrow"]?.name ?? ""]));
  }

  /**
   * Reads pictures, one behind the other.
   *
   * @param memory at least as long as all of them together
   */
  async read(places: readonly ImagePlace[], memory: Uint8Array): Promise<void> {
    const readers = new Map<string, ImagesReader>();
    for (const { part } of places) if (!readers.has(part)) readers.set(part, await this.#reader(part));
    const waits: Promise<unknown>[] = [];
    let from = 0;
    for (const place of places) {
      const reader = readers.get(place.part);
      const end = from + place.length;
      if (reader?.readNow(place, memory, from) === false) {
        const wait = reader.read(place, memory.subarray(from, end));
        // Thrown below, unless one that is read at once fails before.
        wait.catch(() => undefined);
        waits.push(wait);
      }
      from = end;
    }
    await Promise.all(waits);
    await this.#trim(Math.max(maxOpen, 4 * places.length));
  }

  async readOne(place: ImagePlace): Promise<Uint8Array> {
    const bytes = new Uint8Array(place.length);
    await this.read([place], bytes);
    return bytes;
  }

  #reader(part: string): Promise<ImagesReader> {
    const reader = this.#open.get(part) ?? readImages(join(this.#folder, this.#names.get(part) ?? ""));
    this.#open.delete(part);
    this.#open.set(part, reader);
    return reader;
  }

  /** Closes what was not used lately, and so is not being read by another batch either. */
  async #trim(most: number): Promise<void> {
    for (const [part, reader] of this.#open) {
      if (this.#open.size <= most) return;
      this.#open.delete(part);
      await (await reader).close();
    }
  }

  async close(): Promise<void> {
    for (const reader of this.#open.values()) await (await reader).close();
    this.#open.clear();
  }
}
