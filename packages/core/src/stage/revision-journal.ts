import { hashJson, type Json } from "../hash/hash-json.js";
import { writeFileAtomically } from "../parts/write-file-atomically.js";
import { storeOf } from "../store/store-of.js";

/**
 * Remembers which parts a request has been through, changed or not, so that it goes on there when it was interrupted. A
 * file of JSON lines: the request, then a line for each part. Only a convenience: a part that is missing in it is merely
 * asked for again.
 */
export class RevisionJournal {
  readonly #path: string;
  readonly #lines: string[];
  readonly #parts: Set<string>;
  #written: Promise<void> = Promise.resolve();

  private constructor(path: string, lines: string[]) {
    this.#path = path;
    this.#lines = lines;
    this.#parts = new Set(lines.slice(1).flatMap(partOf));
  }

  /** Goes on with the journal of an equal request; begins a new one otherwise. */
  static async open(path: string, request: Json): Promise<RevisionJournal> {
    const first = JSON.stringify({ request: hashJson(request) });
    const kept = (await storeOf(path).read(path))?.toString("utf8").split("\n").filter(Boolean) ?? [];
    return new RevisionJournal(path, kept[0] === first ? kept : [first]);
  }

  has(part: string): boolean {
    return this.#parts.has(part);
  }

  add(part: string): void {
    this.#parts.add(part);
    this.#lines.push(JSON.stringify({ part }));
    this.#written = this.#written.then(() =>
      writeFileAtomically(this.#path, this.#lines.map((line) => `${line}\n`).join("")),
    );
    // A failure is thrown by `close`.
    this.#written.catch(() => undefined);
  }

  close(): Promise<void> {
    return this.#written;
  }

  /** The request has been answered. */
  remove(): Promise<void> {
    return storeOf(this.#path).remove(this.#path);
  }
}

/** A line of another version says nothing. */
function partOf(line: string): string[] {
  try {
    const { part } = JSON.parse(line) as { part?: unknown };
    return typeof part === "string" ? [part] : [];
  } catch {
    return [];
  }
}
