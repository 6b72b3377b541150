import { FlowProducer, Queue } from "bullmq";

import { prefix, type QueueName } from "../run/queue-names.js";

/** Connections to the queues of one server; opened when they are wanted. */
export class Queues {
  readonly #url: string;
  readonly #queues = new Map<string, Queue>();
  #flows: FlowProducer | undefined;

  /** @param url of a server that `checkRedis` has found fit */
  constructor(url: string) {
    this.#url = url;
  }

  of(name: QueueName): Queue {
    const known = this.#queues.get(name);
    if (known !== undefined) return known;
    const queue = new Queue(name, {
      connection: { url: this.#url },
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
      this.#flows = new FlowProducer({ connection: { url: this.#url }, prefix });
      this.#flows.on("error", () => undefined);
    }
    return this.#flows;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#queues.values()].map((queue) => queue.close()));
    await this.#flows?.close();
  }
}
