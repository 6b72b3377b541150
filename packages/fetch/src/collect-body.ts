import type { Transform } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate, createInflateRaw } from "node:zlib";

import type { BufferPool } from "./buffer-pool.js";
import { ByteCollector } from "./byte-collector.js";
import { FetchFailure } from "./fetch-failure.js";

export interface CollectedBody {
  body: Buffer;
  /** A coding that is none of ours, such as `utf-8` or `none`; the body is then as it came. */
  unknown: string | null;
}

export interface BodyOptions {
  /** Bound on what each decoder puts out; the caller bounds what goes in. */
  maxBytes: number;
  /** Bytes that are said to come over the wire; 0 where nothing is said. */
  declared: number;
  /** Where the body's memory comes from. */
  pool: BufferPool;
}

export interface BodySink {
  /** Takes a piece, whose memory may be used again at once. */
  write: (piece: Buffer) => void;
  /**
   * Says that the body is complete.
   *
   * @throws FetchFailure `bad_encoding` where the data is broken, `too_large`
   */
  end: () => Promise<CollectedBody>;
  /** Drops everything. */
  abandon: () => void;
}

/** More than anyone needs, and no lever for work. */
const maxCodings = 3;

const decoders = new Map<string, (firstByte: number) => Transform>([
  ["gzip", () => createGunzip()],
  ["x-gzip", () => createGunzip()],
  ["br", () => createBrotliDecompress()],
  // Named after zlib's format; many servers send the bare stream all the same.
  ["deflate", (firstByte) => ((firstByte & 0x0f) === 8 ? createInflate() : createInflateRaw())],
]);

/**
 * Takes a body in and undoes its Content-Encoding as it comes: gzip, br and deflate, alone or one over the other.
 *
 * @param fail called at most once, as soon as the body turns out broken or too large
 * @throws FetchFailure `bad_encoding` for more codings than anyone needs
 */
export function collectBody(
  contentEncoding: string,
  options: BodyOptions,
  fail: (failure: FetchFailure) => void,
): BodySink {
  const codings = contentEncoding
    .split(",")
    .map((coding) => coding.trim().toLowerCase())
    .filter((coding) => coding !== "" && coding !== "identity")
    // Applied from left to right, so undone from right to left.
    .reverse();
  if (codings.length > maxCodings)
    throw new FetchFailure("bad_encoding", `${codings.length} codings on one body`);
  const firstUnknown = codings.findIndex((coding) => !decoders.has(coding));
  const known = firstUnknown === -1 ? codings : codings.slice(0, firstUnknown);
  return new Collector(known, codings[firstUnknown] ?? null, options, fail);
}

class Collector implements BodySink {
  readonly #bytes: ByteCollector;
  readonly #decodes: boolean;
  readonly #first: Step;
  readonly #unknown: string | null;
  #failure: FetchFailure | undefined;
  #settle: { resolve: (result: CollectedBody) => void; reject: (failure: FetchFailure) => void } | undefined;

  constructor(
    codings: readonly string[],
    unknown: string | null,
    { maxBytes, declared, pool }: BodyOptions,
    fail: (failure: FetchFailure) => void,
  ) {
    this.#unknown = unknown;
    this.#decodes = codings.length > 0;
    this.#bytes = new ByteCollector(pool, this.#decodes ? 0 : declared);
    const stop = (failure: FetchFailure): void => {
      if (this.#failure !== undefined) return;
      this.#failure = failure;
      this.abandon();
      fail(failure);
      this.#settle?.reject(failure);
    };
    const last: Step = {
      write: (piece) => {
        this.#bytes.add(piece);
      },
      end: () => this.#settle?.resolve({ body: this.#bytes.take(), unknown: this.#unknown }),
      destroy: () => {
        this.#bytes.drop();
      },
    };
    this.#first = codings.reduceRight<Step>(
      (next, coding) => new DecodeStep(coding, maxBytes, next, stop),
      last,
    );
  }

  write(piece: Buffer): void {
    // A decoder reads a piece later, when its memory may hold another one.
    if (this.#failure === undefined) this.#first.write(this.#decodes ? Buffer.from(piece) : piece);
  }

  end(): Promise<CollectedBody> {
    return new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
      if (this.#failure === undefined) this.#first.end();
      else reject(this.#failure);
    });
  }

  abandon(): void {
    this.#first.destroy();
  }
}

interface Step {
  write: (piece: Buffer) => void;
  end: () => void;
  destroy: () => void;
}

/** Undoes one coding; opened by the first byte, which tells deflate's two forms apart. */
class DecodeStep implements Step {
  readonly #coding: string;
  readonly #maxBytes: number;
  readonly #next: Step;
  readonly #fail: (failure: FetchFailure) => void;
  #decoder: Transform | undefined;
  #produced = 0;

  constructor(coding: string, maxBytes: number, next: Step, fail: (failure: FetchFailure) => void) {
    this.#coding = coding;
    this.#maxBytes = maxBytes;
    this.#next = next;
    this.#fail = fail;
  }

  write(piece: Buffer): void {
    if (piece.length === 0) return;
    this.#decoder ??= this.#open(piece[0] ?? 0);
    this.#decoder.write(piece);
  }

  end(): void {
    if (this.#decoder === undefined) this.#next.end();
    else this.#decoder.end();
  }

  destroy(): void {
    this.#decoder?.destroy();
    this.#next.destroy();
  }

  #open(firstByte: number): Transform {
    const open = decoders.get(this.#coding);
    if (open === undefined) throw new Error(`no decoder for ${this.#coding}`);
    return open(firstByte)
      .on("data", (piece: Buffer) => {
        this.#produced += piece.length;
        if (this.#produced > this.#maxBytes) {
          const what = `the body decodes to more than the ${this.#maxBytes} bytes that are allowed`;
          this.#fail(new FetchFailure("too_large", what));
        } else this.#next.write(piece);
      })
      .on("end", () => {
        this.#next.end();
      })
      .on("error", (error: NodeJS.ErrnoException) => {
        const what = `the body is no valid ${this.#coding}: ${error.code ?? "unknown"}`;
        this.#fail(new FetchFailure("bad_encoding", what));
      });
  }
}
