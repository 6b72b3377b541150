import { randomBytes } from "node:crypto";
import { type FileHandle, mkdir, open, readdir } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";

import { sha256 } from "@leyenda/core";

import type { CaptionTranslation } from "../translate-captions.js";
import { captionDigits, formatCacheLine, parseCacheLine } from "./cache-line.js";
import { LineIndex } from "./line-index.js";

const readBytes = 1 << 20;
const lineFeed = 10;
/** A longer one is no line of ours. */
const longestLine = 1 << 20;

/** A file, read as far as it held whole lines. */
interface CacheFile {
  handle: FileHandle;
  read: number;
}

/**
 * Translations on disk, shared by builds and by processes at the same time: a folder of files that only grow. Each process
 * appends to a file of its own and reads those of all others. What is torn or damaged is not there. Memory holds where each
 * line lies (at most 48 bytes), not what it says.
 */
export class TranslationCache {
  readonly #folder: string;
  readonly #index: LineIndex;
  readonly #files: CacheFile[] = [];
  readonly #numbers = new Map<string, number>();
  #own: { file: number; size: number } | undefined;

  /**
   * @param folder one for each model and way to search
   * @param options.capacity lines that are kept in mind; further ones are translated again. @default 8,000,000
   */
  constructor(folder: string, { capacity = 8_000_000 }: { capacity?: number } = {}) {
    this.#folder = folder;
    this.#index = new LineIndex(capacity);
  }

  /** Takes note of lines that came since the last time, others' too. */
  async refresh(): Promise<void> {
    await mkdir(this.#folder, { recursive: true });
    const names = (await readdir(this.#folder)).filter((name) => name.endsWith(".lines")).sort();
    for (const name of names) {
      if (!this.#numbers.has(name)) await this.#open(name, "r");
    }
    for (const number of this.#files.keys()) {
      if (number !== this.#own?.file) await this.#readNew(number);
    }
  }

  /** @returns the translation of a caption, or null where there is none */
  async get(caption: string): Promise<CaptionTranslation | null> {
    const hash = sha256(caption);
    const place = this.#index.get(hash);
    if (place === null) return null;
    const line = Buffer.alloc(place.length);
    const { bytesRead } = await this.#file(place.file).handle.read(line, 0, place.length, place.offset);
    return parseCacheLine(line.toString("utf8", 0, bytesRead), hash);
  }

  /** Appends translations to this process's own file. */
  async add(
    translations: readonly (readonly [caption: string, translation: CaptionTranslation])[],
  ): Promise<void> {
    if (translations.length === 0) return;
    this.#own ??= {
      file: await this.#open(`${hostname()}-${process.pid}-${randomBytes(4).toString("hex")}.lines`, "ax+"),
      size: 0,
    };
    const own = this.#own;
    const lines: Buffer[] = [];
    const places: [hash: string, offset: number, length: number][] = [];
    let offset = own.size;
    for (const [caption, translation] of translations) {
      const hash = sha256(caption);
      const line = Buffer.from(`${formatCacheLine(hash, translation)}\n`);
      places.push([hash, offset, line.length - 1]);
      lines.push(line);
      offset += line.length;
    }
    await this.#file(own.file).handle.appendFile(Buffer.concat(lines));
    own.size = offset;
    for (const [hash, at, length] of places) this.#index.add(hash, { file: own.file, offset: at, length });
  }

  async close(): Promise<void> {
    for (const { handle } of this.#files) await handle.close();
  }

  async #open(name: string, flags: "r" | "ax+"): Promise<number> {
    const handle = await open(join(this.#folder, name), flags);
    const number = this.#files.push({ handle, read: 0 }) - 1;
    this.#numbers.set(name, number);
    return number;
  }

  #file(number: number): CacheFile {
    const file = this.#files[number];
    if (file === undefined) throw new RangeError(`there is no cache file ${number}`);
    return file;
  }

  /** Indexes whole lines from where the file was left; whether a line is sound shows when it is wanted. */
  async #readNew(number: number): Promise<void> {
    const file = this.#file(number);
    let chunk = Buffer.alloc(readBytes);
    for (;;) {
      const { bytesRead } = await file.handle.read(chunk, 0, chunk.length, file.read);
      let start = 0;
      for (;;) {
        const end = chunk.subarray(0, bytesRead).indexOf(lineFeed, start);
        if (end === -1) break;
        const hash = chunk.toString("latin1", start, Math.min(start + captionDigits, end));
        if (/^[0-9a-f]{64}$/.test(hash))
          this.#index.add(hash, { file: number, offset: file.read + start, length: end - start });
        start = end + 1;
      }
      file.read += start;
      if (bytesRead < chunk.length) return;
      // No line ends within a whole chunk.
      if (start === 0) {
        if (chunk.length >= longestLine * 4) return;
        chunk = Buffer.alloc(chunk.length * 2);
      }
    }
  }
}
