import { type FileHandle, open, readFile, rm } from "node:fs/promises";

import { hashJson, type Json } from "../hash/hash-json.js";
import { isErrno } from "../parts/is-errno.js";

/**
 * Remembers which parts a request has been through, changed or not, so that it goes on there when it was interrupted. A
 * file of JSON lines: the request, then a line for each part. Only a convenience: a part that is missing in it is merely
 * asked for again.
 */
export class RevisionJournal {
  readonly #path: string;
  readonly #handle: FileHandle;
  readonly #parts: Set<string>;
  #written: Promise<void> = Promise.resolve();

  private constructor(path: string, handle: FileHandle, parts: Set<string>) {
    this.#path = path;
    this.#handle = handle;
    this.#parts = parts;
  }

  /** Goes on with the journal of an equal request; begins a new one otherwise. */
  static async open(path: string, request: Json): Promise<RevisionJournal> {
    const first = JSON.stringify({ request: hashJson(request) });
    const [head, ...rest] = (await read(path)).split("\n");
    const same = head === first;
    const handle = await open(path, same ? "a" : "w");
    if (!same) await handle.appendFile(`${first}\n`);
    return new RevisionJournal(path, handle, new Set(same ? rest.flatMap(partOf) : []));
  }

  has(part: string): boolean {
    return this.#parts.has(part);
  }

  add(part: string): void {
    this.#parts.add(part);
    this.#written = this.#written.then(() => this.#handle.appendFile(`${JSON.stringify({ part })}\n`));
    // A failure is thrown by `close`.
    this.#written.catch(() => undefined);
  }

  async close(): Promise<void> {
    try {
      await this.#written;
    } finally {
      await this.#handle.close();
    }
  }

  /** The request has been answered. */
  async remove(): Promise<void> {
    await rm(this.#path, { force: true });
  }
}

async function read(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (isErrno(error, "ENOENT")) return "";
    throw error;
  }
}

/** The last line may have been cut short by a crash. */
function partOf(line: string): string[] {
  try {
    const { part } = JSON.parse(line) as { part?: unknown };
    return typeof part === "string" ? [part] : [];
  } catch {
    return [];
  }
}
