import { type Channel, openChannel } from "./channel.js";
import type { Connector } from "./create-connector.js";

export interface OriginsOptions {
  connectionsPerHost: number;
  maxIdleOrigins: number;
  connector: Connector;
  http2: boolean;
}

interface Origin {
  channel: Channel;
  /** Requests here. */
  users: number;
}

/** Connection pools by origin. It bounds the number of origins whose idle connections are kept; `Turns` bound the rest. */
export class Origins {
  readonly #options: OriginsOptions;
  /** In order of last use. */
  readonly #origins = new Map<string, Origin>();
  #idle = 0;

  constructor(options: OriginsOptions) {
    this.#options = options;
  }

  /** Runs a request with the origin's connections, which are kept at least until it ends. */
  async use<T>(name: string, request: (channel: Channel) => Promise<T>): Promise<T> {
    const origin = this.#origin(name);
    if (origin.users === 0) this.#idle--;
    origin.users++;
    try {
      return await request(origin.channel);
    } finally {
      origin.users--;
      if (origin.users === 0) this.#rest(name, origin);
    }
  }

  /** Ends every connection, busy or not. */
  async close(): Promise<void> {
    const origins = [...this.#origins.values()];
    this.#origins.clear();
    await Promise.all(origins.map(({ channel }) => channel.destroy()));
  }

  #origin(name: string): Origin {
    const known = this.#origins.get(name);
    if (known !== undefined) return known;
    const channel = openChannel(name, this.#options);
    const origin: Origin = { channel, users: 0 };
    this.#origins.set(name, origin);
    this.#idle++;
    return origin;
  }

  #rest(name: string, origin: Origin): void {
    if (this.#origins.get(name) !== origin) return;
    this.#origins.delete(name);
    this.#origins.set(name, origin);
    this.#idle++;
    if (this.#idle > this.#options.maxIdleOrigins) this.#dropOldestIdle();
  }

  #dropOldestIdle(): void {
    for (const [name, { users, channel }] of this.#origins) {
      if (users > 0) continue;
      this.#origins.delete(name);
      this.#idle--;
      void channel.destroy();
      return;
    }
  }
}
