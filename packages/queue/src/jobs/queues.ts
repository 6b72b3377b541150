import { type ConnectionOptions, FlowProducer, Queue } from "bullmq";
import type { Redis } from "ioredis";

import { prefix, type QueueName } from "../run/queue-names.js";

/** Connections to the queues of one server; opened when they are wanted. */
export class Queues {
  readonly #connection: ConnectionOptions;
  readonly #queues = new Map<string, Queue>();
  #flows: FlowProducer | undefined;

  /** @param connection URL of a server that `checkRedis` has found fit, or a connection to it, which is left open */
  constructor(connection: string | Redis) {
    this.#connection = typeof connection === "string" ? { url: connection } : connection;
  }

  of(name: QueueName): Queue {
    const known = this.#queues.get(name);
    if (known !== undefined) return known;
    const queue = new Queue(name, {
      connection: this.#connection,
      prefix,
      skipVersionCheck: true,
      // What happened is in the store's records; the stream of events only wakes whoever listens.
      streams: { events: { maxLen: 100 } },
    });
    // Whoever waits for an answer is told, and the connection comes back by itself.
    queue.on("error", () => undefined);
    this.#queues.set(name, queue);
    return queue;
  }

  get flows(): FlowProducer {
    if (this.#flows === undefined) {
      this.#flows = new FlowProducer({ connection: this.#connection, prefix });
      this.#flows.on("error", () => undefined);
    }
    return this.#flows;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#queues.values()].map((queue) => queue.close()));
    await this.#flows?.close();
  }
}
