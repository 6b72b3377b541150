import type { Caption, CaptionWithWords } from "@leyenda/caption-model";

import type { Prepared } from "../decode/messages.js";
import type { Limits } from "../limits.js";
import { Refusal } from "../refusal.js";

/** How a picture is to be captioned. */
export interface Search {
  /** 1 is greedy. */
  beams: number;
  /** Captions wanted, at most `beams`. */
  best: number;
  /** Whether it is to be said where in the picture each word was found. */
  attention: boolean;
}

/** `words` where they were asked for; null where the model does not tell. */
export type FoundCaption = Caption & Partial<Pick<CaptionWithWords, "words">>;

export interface Captioned {
  caption: FoundCaption;
  picture: Omit<Prepared, "pixels">;
  /** Pictures that were captioned together with this one, itself included. */
  batch: number;
  /** Milliseconds. */
  times: { waited: number; decoded: number; captioned: number };
}

export interface QueueOptions {
  decode: (bytes: Uint8Array, preview: boolean) => Promise<Prepared>;
  /** Captions pictures that stand in one array, see `Captioner.captionPixels`. */
  caption: (pixels: Float32Array, search: Search) => Promise<FoundCaption[]>;
  limits: Pick<Limits, "queueLength" | "batchSize" | "captionMs">;
  /** A batch is done. */
  onBatch?: (pictures: number) => void;
  /** Milliseconds, monotonic. @default performance.now */
  now?: () => number;
}

interface Job {
  /** Given up as soon as they are decoded. */
  bytes: Uint8Array | null;
  prepared: Prepared | null;
  preview: boolean;
  search: Search;
  /** Milliseconds. */
  begun: number;
  decoded: number;
  decodeMs: number;
  /** Whether it was answered, or nobody waits for it any more. */
  settled: boolean;
  resolve: (captioned: Captioned) => void;
  reject: (error: unknown) => void;
}

/**
 * Pictures that wait for their captions: decoded one after the other as they come, and captioned, while others are being
 * decoded, as many at a time as wait. It holds no more than `queueLength` of them.
 */
export class CaptionQueue {
  readonly #options: QueueOptions;
  readonly #now: () => number;
  /** Those not yet decoded, and those that are. */
  readonly #fresh: Job[] = [];
  readonly #ready: Job[] = [];
  /** Those of both, and those at work. */
  readonly #open = new Set<Job>();
  #decoding: Promise<void> | null = null;
  #captioning: Promise<void> | null = null;
  #closed = false;
  /** Milliseconds for one picture, lately. */
  #pace = 250;

  constructor(options: QueueOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
  }

  /** Pictures that wait or are at work. */
  get length(): number {
    return this.#open.size;
  }

  /** @throws Refusal 503 when no picture can be taken now, with when to try again */
  assertRoom(): void {
    if (this.#closed) throw new Refusal(503, "closing", "the server is closing", { retryAfter: 10 });
    const { queueLength } = this.#options.limits;
    if (this.#open.size < queueLength) return;
    throw new Refusal(503, "queue_full", `${queueLength} pictures wait already`, {
      hint: "try again after the seconds in Retry-After",
      retryAfter: this.retryAfter(),
    });
  }

  /** Seconds in which what waits now will be done. */
  retryAfter(): number {
    return Math.min(60, Math.max(1, Math.ceil((this.#open.size * this.#pace) / 1000)));
  }

  /**
   * Captions a picture when its turn comes.
   *
   * @param signal aborted when nobody waits for it any more: it then costs nothing further
   * @throws Refusal for a picture that cannot be decoded, a full queue, and a time that is up
   */
  caption(
    bytes: Uint8Array,
    search: Search,
    { preview = false, signal }: { preview?: boolean; signal?: AbortSignal } = {},
  ): Promise<Captioned> {
    return new Promise((resolve, reject) => {
      this.assertRoom();
      const finish = (): void => {
        job.settled = true;
        this.#open.delete(job);
        for (const line of [this.#fresh, this.#ready]) {
          const place = line.indexOf(job);
          if (place >= 0) line.splice(place, 1);
        }
        clearTimeout(timer);
        signal?.removeEventListener("abort", leave);
      };
      const job: Job = {
        ...{ bytes, prepared: null, preview, search },
        ...{ begun: this.#now(), decoded: 0, decodeMs: 0, settled: false },
        resolve: (captioned) => {
          finish();
          resolve(captioned);
        },
        reject: (error) => {
          finish();
          reject(error instanceof Error ? error : new Error(String(error)));
        },
      };
      const leave = (): void => {
        job.reject(new Refusal(499, "gone", "nobody waits for this any more"));
      };
      const { captionMs } = this.#options.limits;
      const timer = setTimeout(() => {
        job.reject(
          new Refusal(503, "timed_out", `there was no caption within ${captionMs / 1000} s`, {
            hint: "try again after the seconds in Retry-After",
            retryAfter: this.retryAfter(),
          }),
        );
      }, captionMs);
      this.#open.add(job);
      this.#fresh.push(job);
      if (signal?.aborted === true) leave();
      else signal?.addEventListener("abort", leave, { once: true });
      // Where one was given up at once, there may be nothing to do.
      if (this.#fresh.length > 0) this.#decoding ??= this.#decodeAll();
    });
  }

  /** Takes no further pictures; resolves when those it has are done. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#decoding;
    await this.#captioning;
  }

  async #decodeAll(): Promise<void> {
    for (let job = this.#fresh.shift(); job !== undefined; job = this.#fresh.shift()) {
      const { bytes, preview } = job;
      job.bytes = null;
      if (bytes === null) continue;
      const begun = this.#now();
      try {
        job.prepared = await this.#options.decode(bytes, preview);
      } catch (error) {
        job.reject(error);
        continue;
      }
      job.decoded = this.#now();
      job.decodeMs = job.decoded - begun;
      if (job.settled) continue;
      this.#ready.push(job);
      this.#captioning ??= this.#captionAll();
    }
    // At once, and not in a callback: what comes in between would wait for ever.
    this.#decoding = null;
  }

  async #captionAll(): Promise<void> {
    while (this.#ready.length > 0) {
      const batch = this.#nextBatch();
      const [first] = batch;
      if (first === undefined) break;
      const begun = this.#now();
      const parts = batch.flatMap(({ prepared }) => (prepared === null ? [] : [prepared.pixels]));
      const size = parts[0]?.length ?? 0;
      const all = new Float32Array(parts.length * size);
      for (const [index, pixels] of parts.entries()) all.set(pixels, index * size);
      try {
        const captions = await this.#options.caption(all, first.search);
        const captioned = this.#now() - begun;
        this.#pace = 0.7 * this.#pace + (0.3 * captioned) / batch.length;
        for (const [index, job] of batch.entries())
          settle(job, captions[index], begun, captioned, batch.length);
      } catch (error) {
        for (const job of batch) job.reject(error);
      }
      this.#options.onBatch?.(batch.length);
    }
    this.#captioning = null;
  }

  /** The first that waits, and those behind it that are to be searched in the same way. */
  #nextBatch(): Job[] {
    const [first] = this.#ready;
    if (first === undefined) return [];
    const { beams, best, attention } = first.search;
    const batch = this.#ready
      .filter(
        ({ search: other }) => other.beams === beams && other.best === best && other.attention === attention,
      )
      .slice(0, this.#options.limits.batchSize);
    for (const job of batch) this.#ready.splice(this.#ready.indexOf(job), 1);
    return batch;
  }
}

function settle(
  job: Job,
  caption: FoundCaption | undefined,
  begun: number,
  captioned: number,
  batch: number,
): void {
  if (caption === undefined || job.prepared === null) {
    job.reject(new Error("a picture has no caption"));
    return;
  }
  const { width, height, format, preview } = job.prepared;
  job.resolve({
    caption,
    picture: { width, height, format, preview },
    batch,
    times: { waited: begun - job.begun - job.decodeMs, decoded: job.decodeMs, captioned },
  });
}
