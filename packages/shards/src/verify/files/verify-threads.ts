import "@leyenda/core/libvips-threads";

import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";

import type { DataFile } from "../formats/dataset-format.js";
import type { CheckedFile } from "./check-file.js";
import type { FromVerifyThread, VerifyThreadData } from "./verify-thread.js";

/** Threads that check the files of a dataset; each is started when it is first needed. */
export class VerifyThreads {
  readonly #data: VerifyThreadData;
  readonly #all: Worker[] = [];
  readonly #idle: Worker[] = [];

  constructor(data: VerifyThreadData) {
    this.#data = data;
  }

  /** Checks a file in a thread that is idle, or in a new one. @throws what the thread threw, also when it ended by that */
  async check(file: DataFile): Promise<CheckedFile> {
    const thread = this.#idle.pop() ?? this.#start();
    thread.postMessage(file);
    const ended = new AbortController();
    try {
      const [answer] = (await Promise.race([
        once(thread, "message", { signal: ended.signal }),
        once(thread, "exit", { signal: ended.signal }).then(([code]) => {
          throw new Error(`a thread that checked ${file.name} ended with exit code ${String(code)}`);
        }),
      ])) as [FromVerifyThread];
      if ("error" in answer) throw answer.error;
      this.#idle.push(thread);
      return answer.checked;
    } finally {
      ended.abort();
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#all.map((thread) => thread.terminate()));
  }

  #start(): Worker {
    const thread = new Worker(fileURLToPath(import.meta.resolve("@leyenda/shards/verify-thread")), {
      workerData: this.#data,
      // It runs what was built, also where its parent runs from source.
      execArgv: [],
    });
    this.#all.push(thread);
    return thread;
  }
}
