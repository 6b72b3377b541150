import type { Turn } from "./hosts/turn.js";
import type { Turns } from "./hosts/turns.js";

const maxOrigins = 10_000;
/** RFC 9309 of robots.txt: not longer than 24 hours. */
const keepMs = 24 * 3_600_000;
/** What says nothing of the publisher's wishes, for a reason that may pass, is asked for again soon. */
const keepFailureMs = 60_000;

/** What came of asking an origin for a file of a well-known name. */
export interface OriginFile {
  /** Milliseconds since 1970. */
  readAt: number;
  /** Whether another answer may come soon. */
  brief: boolean;
}

interface Entry<File> {
  file: File | null;
  loading: Promise<File>;
}

/** A file of each origin: asked for once, however many rows wait, and kept for a day. */
export class OriginFiles<File extends OriginFile> {
  readonly #load: (origin: string) => Promise<File>;
  readonly #now: () => number;
  /** In order of last use. */
  readonly #entries = new Map<string, Entry<File>>();

  constructor(load: (origin: string) => Promise<File>, now: () => number) {
    this.#load = load;
    this.#now = now;
  }

  /** The URL's origin's file. While it is being asked for, the turn holds nothing and no new row of the host begins. */
  async of(
    { origin, hostname }: URL,
    { turns, turn, signal }: { turns: Turns; turn: Turn; signal: AbortSignal },
  ): Promise<File> {
    const file = this.#get(origin);
    if (!(file instanceof Promise)) return file;
    const release = turns.hold(hostname);
    try {
      turn.rest();
      return await abortable(file, signal);
    } finally {
      release();
    }
  }

  #get(origin: string): File | Promise<File> {
    const known = this.#entries.get(origin);
    if (known !== undefined) {
      this.#entries.delete(origin);
      if (known.file === null || this.#isFresh(known.file)) {
        this.#entries.set(origin, known);
        return known.file ?? known.loading;
      }
    }
    const entry: Entry<File> = { file: null, loading: this.#load(origin) };
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

  #isFresh({ readAt, brief }: File): boolean {
    return this.#now() - readAt < (brief ? keepFailureMs : keepMs);
  }
}

function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      reject(signal.reason as Error);
    };
    if (signal.aborted) {
      abort();
      return;
    }
    signal.addEventListener("abort", abort, { once: true });
    promise.then(resolve, reject).finally(() => {
      signal.removeEventListener("abort", abort);
    });
  });
}
