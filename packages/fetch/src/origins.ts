import { type buildConnector, Pool } from "undici";

export interface OriginsOptions {
  connectionsPerHost: number;
  maxIdleOrigins: number;
  connect: buildConnector.connector;
}

interface Origin {
  pool: Pool;
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

  /** Runs a request with the origin's pool, which is kept at least until it ends. */
  async use<T>(name: string, request: (pool: Pool) => Promise<T>): Promise<T> {
    const origin = this.#origin(name);
    if (origin.users === 0) this.#idle--;
    origin.users++;
    try {
      return await request(origin.pool);
    } finally {
      origin.users--;
      if (origin.users === 0) this.#rest(name, origin);
    }
  }

  /** Ends every connection, busy or not. */
  async close(): Promise<void> {
    const origins = [...this.#origins.values()];
    this.#origins.clear();
    await Promise.all(origins.map(({ pool }) => pool.destroy()));
  }

  #origin(name: string): Origin {
    const known = this.#origins.get(name);
    if (known !== undefined) return known;
    const { connectionsPerHost, connect } = this.#options;
    const pool = new Pool(name, {
      connections: connectionsPerHost,
      connect,
      pipelining: 1,
      // Ours are exact to the millisecond and span redirects; undici's are coarse.
      headersTimeout: 0,
      bodyTimeout: 0,
      keepAliveTimeout: 4_000,
      keepAliveMaxTimeout: 30_000,
      maxHeaderSize: 65_536,
    });
    const origin: Origin = { pool, users: 0 };
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
    for (const [name, { users, pool }] of this.#origins) {
      if (users > 0) continue;
      this.#origins.delete(name);
      this.#idle--;
      void pool.destroy();
      return;
    }
  }
}
