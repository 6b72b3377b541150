import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";

import type { FromHashingThread, ToHashingThread } from "./hashing-thread.js";

/** Bytes by which a file has grown when the thread is told of it: a message takes as long as writing some ten rows. */
const stepBytes = 4 << 20;

/** One for the process, from the first file that is worth it: starting a thread takes as long as hashing some megabytes. */
let shared: HashingThread | undefined;

/** The SHA-256 of a file that is being written, computed by another thread: neither waits for the other until the file's end. */
export class BackgroundHash {
  readonly #thread: HashingThread;
  readonly #file: number;
  readonly #fd: number;
  #told = 0;

  /** @param fd open for reading, until `digest` or `drop` has come back */
  constructor(fd: number) {
    this.#thread = shared?.failed === null ? shared : (shared = new HashingThread());
    this.#file = this.#thread.nextFile();
    this.#fd = fd;
  }

  /** Whether another file costs no thread. */
  static get isRunning(): boolean {
    return shared?.failed === null;
  }

  /** Says how many bytes are in the file. */
  reach(end: number): void {
    if (end - this.#told < stepBytes) return;
    this.#told = end;
    this.#thread.tell({ type: "reach", file: this.#file, fd: this.#fd, end });
  }

  /**
   * @param end the file's bytes
   * @returns in hex
   * @throws Error when the file could not be read back, or the thread has ended
   */
  digest(end: number): Promise<string> {
    return this.#thread.ask({ type: "digest", file: this.#file, fd: this.#fd, end });
  }

  /** Gives the file up; when this comes back it is not read any more. */
  async drop(): Promise<void> {
    if (this.#thread.failed === null) await this.#thread.ask({ type: "drop", file: this.#file });
  }
}

class HashingThread {
  /** What ended the thread; null while it lives. */
  failed: Error | null = null;
  readonly #worker = new Worker(fileURLToPath(import.meta.resolve("@leyenda/core/hashing-thread")), {
    execArgv: [],
  });
  readonly #waiting = new Map<
    number,
    { resolve: (sha256: string) => void; reject: (error: Error) => void }
  >();
  #files = 0;

  constructor() {
    // It ends with the process, unless an answer is waited for.
    this.#worker.unref();
    this.#worker.on("message", (message: FromHashingThread) => {
      const waiter = this.#waiting.get(message.file);
      this.#waiting.delete(message.file);
      if (this.#waiting.size === 0) this.#worker.unref();
      if (message.type === "done") waiter?.resolve(message.sha256);
      else waiter?.reject(message.error);
    });
    const end = (cause?: unknown): void => {
      this.failed ??= new Error("the thread that hashes files has ended", { cause });
      for (const { reject } of this.#waiting.values()) reject(this.failed);
      this.#waiting.clear();
    };
    this.#worker.once("error", end);
    this.#worker.once("exit", (code) => {
      end(`exit code ${code}`);
    });
  }

  nextFile(): number {
    return this.#files++;
  }

  tell(message: ToHashingThread): void {
    this.#worker.postMessage(message);
  }

  ask(message: ToHashingThread): Promise<string> {
    return new Promise((resolve, reject) => {
      if (this.failed !== null) {
        reject(this.failed);
        return;
      }
      this.#waiting.set(message.file, { resolve, reject });
      this.#worker.ref();
      this.tell(message);
    });
  }
}
