import type { Dispatcher, Pool } from "undici";

import { classifyError } from "./classify-error.js";
import { Deadline } from "./deadline.js";
import { FetchFailure } from "./fetch-failure.js";
import type { Headers } from "./is-opted-out.js";

export interface Head {
  status: number;
  headers: Headers;
}

export interface RequestOptions {
  pool: Pool;
  /** Normalised. */
  url: URL;
  userAgent: string;
  /** Sent besides the usual ones; names in lower case. */
  headers: Readonly<Record<string, string>>;
  headersMs: number;
  stallMs: number;
  /** What is left of the attempt's time, milliseconds. */
  totalMs: number;
  maxBytes: number;
  signal: AbortSignal;
  /** Called once with the response's head; says whether its body is wanted, or throws a FetchFailure to end here. */
  onHead: (head: Head) => "read" | "discard";
  /** Called with each piece of a wanted body. */
  onBytes: (bytes: number) => void;
}

/** An unwanted body up to so many bytes is read to the end, within so many milliseconds, to keep the connection. */
const drainBytes = 65_536;
const drainMs = 1_000;

/** Responses such as 103 Early Hints that may come before the real one. */
const maxInformational = 16;

/**
 * Sends one GET and reads the response's body, still encoded, within the limits.
 *
 * @returns the body, or null where it was not wanted
 * @throws FetchFailure for whatever the server or the network does
 * @throws the signal's reason when it aborts
 */
export function requestOnce(options: RequestOptions): Promise<Buffer | null> {
  return new Promise((resolve, reject) => {
    new Exchange(options, resolve, reject).start();
  });
}

class Exchange implements Dispatcher.DispatchHandler {
  readonly #options: RequestOptions;
  readonly #resolve: (body: Buffer | null) => void;
  readonly #reject: (error: Error) => void;
  readonly #deadline: Deadline;
  readonly #chunks: Buffer[] = [];
  #controller: Dispatcher.DispatchController | undefined;
  #head: Head | undefined;
  #reads = false;
  #received = 0;
  #informational = 0;
  #ended = false;

  constructor(
    options: RequestOptions,
    resolve: (body: Buffer | null) => void,
    reject: (error: Error) => void,
  ) {
    this.#options = options;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#deadline = new Deadline(options.totalMs, (why) => {
      this.#stop(new FetchFailure("timeout", why));
    });
  }

  start(): void {
    const { pool, url, userAgent, headers, signal } = this.#options;
    if (signal.aborted) {
      this.#abort();
      return;
    }
    signal.addEventListener("abort", this.#abort, { once: true });
    pool.dispatch(
      {
        method: "GET",
        path: url.pathname + url.search,
        // Pictures are compressed already; what comes encoded all the same is decoded.
        headers: {
          "user-agent": userAgent,
          accept: "image/*,*/*;q=0.8",
          "accept-encoding": "identity",
          ...headers,
        },
      },
      this,
    );
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (this.#ended) {
      controller.abort(new Error("ended before it was sent"));
      return;
    }
    this.#controller = controller;
    this.#deadline.begin("the response's head", this.#options.headersMs);
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: Headers): void {
    if (this.#ended) return;
    if (status < 200) {
      this.#informational++;
      if (this.#informational > maxInformational) {
        this.#stop(
          new FetchFailure("http_protocol", `more than ${maxInformational} informational responses`),
        );
      }
      return;
    }
    this.#head = { status, headers };
    const declared = declaredLength(headers);
    try {
      this.#reads = this.#options.onHead(this.#head) === "read";
      if (this.#reads && declared > this.#options.maxBytes)
        throw tooLarge(`declares ${declared} bytes`, this.#options);
    } catch (error) {
      this.#stop(error as Error);
      return;
    }
    if (this.#reads) this.#deadline.begin("the next piece of the body", this.#options.stallMs);
    else if (declared > drainBytes) this.#stop(null);
    else this.#deadline.begin("the unwanted body", drainMs);
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#ended) return;
    this.#received += chunk.length;
    if (!this.#reads) {
      if (this.#received > drainBytes) this.#stop(null);
      return;
    }
    this.#options.onBytes(chunk.length);
    if (this.#received > this.#options.maxBytes) {
      this.#stop(tooLarge("goes on", this.#options));
      return;
    }
    this.#chunks.push(chunk);
    this.#deadline.refresh();
  }

  onResponseEnd(): void {
    this.#end(() => {
      // undici takes the connection for free one turn later; who asked again before that would open another.
      queueMicrotask(() => {
        setImmediate(() => {
          // One copy, so that a small picture does not hold the whole buffer that the socket was read into.
          this.#resolve(this.#reads ? Buffer.concat(this.#chunks, this.#received) : null);
        });
      });
    });
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#end(() => {
      if (this.#head !== undefined && !this.#reads) this.#resolve(null);
      else this.#reject(this.#classify(error));
    });
  }

  #classify(error: Error): Error {
    const length = this.#head === undefined ? 0 : declaredLength(this.#head.headers);
    return classifyError(error, {
      answered: this.#head !== undefined,
      received: this.#received,
      declared: length,
    });
  }

  readonly #abort = (): void => {
    this.#stop(this.#options.signal.reason as Error);
  };

  /** Ends here and drops the connection; an unwanted body that cannot be drained is no failure. */
  #stop(error: Error | null): void {
    this.#end(() => {
      const aborted = this.#options.signal.aborted;
      if (error === null || (this.#head !== undefined && !this.#reads && !aborted && isTimeout(error)))
        this.#resolve(null);
      else this.#reject(error);
    });
    this.#controller?.abort(new Error("ended"));
  }

  #end(settle: () => void): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#deadline.stop();
    this.#options.signal.removeEventListener("abort", this.#abort);
    settle();
  }
}

function isTimeout(error: Error): boolean {
  return error instanceof FetchFailure && error.outcome === "timeout";
}

function tooLarge(what: string, { maxBytes }: RequestOptions): FetchFailure {
  return new FetchFailure("too_large", `the body ${what}; ${maxBytes} bytes are allowed`);
}

/** 0 where nothing is declared. */
function declaredLength(headers: Headers): number {
  const header = headers["content-length"];
  return typeof header === "string" && /^\d+$/.test(header) ? Number(header) : 0;
}
