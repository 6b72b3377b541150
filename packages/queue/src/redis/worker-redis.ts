import { Redis, type RedisOptions } from "ioredis";

/** How long an answer may take before the connection counts as dead, milliseconds; longer than BullMQ waits for a job at a time. */
const answerMs = 30_000;

/** The longest pause before a server that is gone is tried again, milliseconds. */
const longestPauseMs = 5_000;

/**
 * A connection of a worker: it comes back by itself for as long as the worker lives, also where the other end has gone without a
 * word, and it comes to its end when it is told to.
 *
 * ioredis 5.11 stands still where it is told to end while it waits to connect again (redis/ioredis#2169): no event follows, and who
 * closes a BullMQ worker at that moment waits for ever (taskforcesh/bullmq#4656).
 */
export class WorkerRedis extends Redis {
  readonly #url: string;
  readonly #all: Set<WorkerRedis>;

  /** @param url of a server that `checkRedis` has found fit */
  constructor(url: string, options: RedisOptions = {}, all = new Set<WorkerRedis>()) {
    super(url, {
      maxRetriesPerRequest: null,
      socketTimeout: answerMs,
      // Workers that lost their server together are not to come back together.
      retryStrategy: (times) => Math.min(longestPauseMs, 250 * 2 ** times) * (0.5 + Math.random() / 2),
      ...options,
    });
    this.#url = url;
    this.#all = all;
    all.add(this);
    // Of a connection that has closed, ioredis 5.11 keeps the timer: it would hold the process, or close the next connection.
    const timed = this as unknown as { socketTimeoutTimer?: NodeJS.Timeout | undefined };
    this.on("close", () => {
      clearTimeout(timed.socketTimeoutTimer);
      timed.socketTimeoutTimer = undefined;
    });
    // Who waits for an answer goes on waiting; BullMQ's workers tell of it.
    this.on("error", () => undefined);
  }

  /** BullMQ waits for jobs on a connection of each worker's own. */
  override duplicate(options?: Partial<RedisOptions>): WorkerRedis {
    return new WorkerRedis(this.#url, options, this.#all);
  }

  override disconnect(reconnect = false): void {
    // As if it had not begun to connect yet, where ioredis does come to its end.
    if (!reconnect && this.status === "reconnecting") this.status = "wait";
    super.disconnect(reconnect);
  }

  /** Ends this connection and those made from it; whoever waits for an answer is told. */
  disconnectAll(): void {
    for (const one of this.#all) one.disconnect();
  }
}
