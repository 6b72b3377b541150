import type { RobotsFile } from "./robots-verdict.js";

/** RFC 9309: not longer than 24 hours. */
const keepMs = 24 * 3_600_000;
/** What says nothing of the publisher's wishes is asked for again soon. */
const keepFailureMs = 60_000;
const maxOrigins = 10_000;

interface Entry {
  file: RobotsFile | null;
  loading: Promise<RobotsFile>;
}

/** What each origin's robots.txt said: asked for once, however many rows wait, and kept for a day. */
export class RobotsFiles {
  readonly #load: (origin: string) => Promise<RobotsFile>;
  readonly #now: () => number;
  /** In order of last use. */
  readonly #entries = new Map<string, Entry>();

  constructor(load: (origin: string) => Promise<RobotsFile>, now: () => number) {
    this.#load = load;
    this.#now = now;
  }

  /** The file, or a promise of it while it is asked for. */
  get(origin: string): RobotsFile | Promise<RobotsFile> {
    const known = this.#entries.get(origin);
    if (known !== undefined) {
      this.#entries.delete(origin);
      if (known.file === null || this.#isFresh(known.file)) {
        this.#entries.set(origin, known);
        return known.file ?? known.loading;
      }
    }
    const entry: Entry = { file: null, loading: this.#load(origin) };
    this.#entries.set(origin, entry);
    entry.loading.then(
      (file) => {
        entry.file = file;
      },
      () => this.#entries.delete(origin),
    );
    const oldest = this.#entries.size > maxOrigins ? this.#entries.keys().next().value : undefined;
    if (oldest !== undefined) this.#entries.delete(oldest);
    return entry.loading;
  }

  #isFresh({ kind, readAt }: RobotsFile): boolean {
    const brief = kind === "failed" || kind === "unreachable";
    return this.#now() - readAt < (brief ? keepFailureMs : keepMs);
  }
}
