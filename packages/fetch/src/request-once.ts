import type { BufferPool } from "./buffer-pool.js";
import type { Abortable, Channel, ResponseHandler } from "./channel.js";
import { classifyError } from "./classify-error.js";
import { type BodySink, collectBody, type CollectedBody } from "./collect-body.js";
import { Deadline } from "./deadline.js";
import { FetchFailure } from "./fetch-failure.js";
import type { Headers } from "./is-opted-out.js";

export interface Head {
  status: number;
  headers: Headers;
}

export interface RequestOptions {
  channel: Channel;
  /** Normalised. */
  url: URL;
  /** Sent besides the usual ones; names in lower case. */
  headers: Readonly<Record<string, string>>;
  headersMs: number;
  stallMs: number;
  /** What is left of the attempt's time, milliseconds. */
  totalMs: number;
  maxBytes: number;
  /** Where the body's memory comes from. */
  pool: BufferPool;
  signal: AbortSignal;
  /** Called once with the response's head; says whether its body is wanted, or throws a FetchFailure to end here. */
  onHead: (head: Head) => "read" | "discard";
  /** Called with each piece of a wanted body. */
  onBytes: (bytes: number) => void;
}

/** Pictures are compressed already, so no encoding is asked for; what comes encoded all the same is decoded. */
const defaultHeaders = { accept: "image/*,*/*;q=0.8", "accept-encoding": "identity" };

/** An unwanted body up to so many bytes is read to the end, within so many milliseconds, to keep the connection. */
const drainBytes = 65_536;
const drainMs = 1_000;

/** Responses such as 103 Early Hints that may come before the real one. */
const maxInformational = 16;

/**
 * Sends one GET and reads the response's body, decoding it as it comes, within the limits.
 *
 * @returns the decoded body, or null where it was not wanted
 * @throws FetchFailure for whatever the server or the network does
 * @throws the signal's reason when it aborts
 */
export function requestOnce(options: RequestOptions): Promise<CollectedBody | null> {
  return new Promise((resolve, reject) => {
    new Exchange(options, resolve, reject).start();
  });
}

class Exchange implements ResponseHandler {
  readonly #options: RequestOptions;
  readonly #resolve: (body: CollectedBody | null) => void;
  readonly #reject: (error: Error) => void;
  readonly #deadline: Deadline;
  #controller: Abortable | undefined;
  #head: Head | undefined;
  /** Where a wanted body goes. */
  #sink: BodySink | null = null;
  #received = 0;
  #informational = 0;
  #ended = false;

  constructor(
    options: RequestOptions,
    resolve: (body: CollectedBody | null) => void,
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
    const { channel, url, headers, signal } = this.#options;
    if (signal.aborted) {
      this.#abort();
      return;
    }
    signal.addEventListener("abort", this.#abort, { once: true });
    channel.dispatch({ path: url.pathname + url.search, headers: { ...defaultHeaders, ...headers } }, this);
  }

  onRequestStart(controller: Abortable): void {
    if (this.#ended) {
      controller.abort(new Error("ended before it was sent"));
      return;
    }
    this.#controller = controller;
    this.#deadline.begin("the response's head", this.#options.headersMs);
  }

  onResponseStart(_controller: Abortable, status: number, headers: Headers): void {
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
      const reads = this.#options.onHead(this.#head) === "read";
      if (reads && declared > this.#options.maxBytes)
        throw tooLarge(`declares ${declared} bytes`, this.#options);
      if (reads) this.#sink = this.#openSink(headers, declared);
    } catch (error) {
      this.#stop(error as Error);
      return;
    }
    if (this.#sink !== null) this.#deadline.begin("the next piece of the body", this.#options.stallMs);
    else if (declared > drainBytes) this.#stop(null);
    else this.#deadline.begin("the unwanted body", drainMs);
  }

  onResponseData(_controller: Abortable, chunk: Buffer): void {
    if (this.#ended) return;
    this.#received += chunk.length;
    if (this.#sink === null) {
      if (this.#received > drainBytes) this.#stop(null);
      return;
    }
    this.#options.onBytes(chunk.length);
    if (this.#received > this.#options.maxBytes) {
      this.#stop(tooLarge("goes on", this.#options));
      return;
    }
    this.#sink.write(chunk);
    this.#deadline.refresh();
  }

  onResponseEnd(): void {
    this.#end(() => {
      // undici takes the connection for free one turn later; who asked again before that would open another.
      queueMicrotask(() => {
        setImmediate(() => {
          if (this.#sink === null) this.#resolve(null);
          else this.#sink.end().then(this.#resolve, this.#reject);
        });
      });
    });
  }

  onResponseError(_controller: Abortable, error: Error): void {
    this.#end(() => {
      this.#sink?.abandon();
      if (this.#discards()) this.#resolve(null);
      else this.#reject(this.#classify(error));
    });
  }

  /** Whether the head has come and said that the body does not matter. */
  #discards(): boolean {
    return this.#head !== undefined && this.#sink === null;
  }

  #openSink(headers: Headers, declared: number): BodySink {
    const encoding = headers["content-encoding"] ?? "";
    const { maxBytes, pool } = this.#options;
    return collectBody(
      Array.isArray(encoding) ? encoding.join() : encoding,
      { maxBytes, declared, pool },
      (failure) => {
        this.#stop(failure);
      },
    );
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
      this.#sink?.abandon();
      const aborted = this.#options.signal.aborted;
      if (error === null || (this.#discards() && !aborted && isTimeout(error))) this.#resolve(null);
      else this.#reject(error);
    });
    this.#controller?.abort(error ?? new Error("the body was not wanted"));
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
