import { type buildConnector, Pool } from "undici";

export interface OriginsOptions {
  connectionsPerOrigin: number;
  maxIdleOrigins: number;
  connect: buildConnector.connector;
}

interface Origin {
  pool: Pool;
  /** Requests here, waiting ones included. */
  users: number;
  running: number;
  /** First come, first served: who ends hands its place over by calling the first. */
  waiting: Set<() => void>;
}

/**
 * Connection pools by origin. It bounds the requests in flight to one origin, so that deadlines run only while a server is
 * being asked, and the number of origins whose idle connections are kept.
 */
export class Origins {
  readonly #options: OriginsOptions;
  /** In order of last use. */
  readonly #origins = new Map<string, Origin>();
  #idle = 0;

  constructor(options: OriginsOptions) {
    this.#options = options;
  }

  /**
   * Runs a request when one of the origin's connections is free.
   *
   * @throws the signal's reason when it aborts before that
   */
  async use<T>(name: string, signal: AbortSignal, request: (pool: Pool) => Promise<T>): Promise<T> {
    const origin = this.#origin(name);
    if (origin.users === 0) this.#idle--;
    origin.users++;
    try {
      if (origin.running >= this.#options.connectionsPerOrigin) await turn(origin, signal);
      else origin.running++;
      try {
        return await request(origin.pool);
      } finally {
        const next = origin.waiting.values().next().value;
        if (next === undefined) origin.running--;
        else next();
      }
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
    const { connectionsPerOrigin, connect } = this.#options;
    const pool = new Pool(name, {
      connections: connectionsPerOrigin,
      connect,
      pipelining: 1,
      // Ours are exact to the millisecond and span redirects; undici's are coarse.
      headersTimeout: 0,
      bodyTimeout: 0,
      keepAliveTimeout: 4_000,
      keepAliveMaxTimeout: 30_000,
      maxHeaderSize: 65_536,
    });
    const origin: Origin = { pool, users: 0, running: 0, waiting: new Set() };
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

function turn({ waiting }: Origin, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const start = (): void => {
      waiting.delete(start);
      signal.removeEventListener("abort", abort);
      resolve();
    };
    const abort = (): void => {
      waiting.delete(start);
      reject(signal.reason as Error);
    };
    if (signal.aborted) {
      abort();
      return;
    }
    waiting.add(start);
    signal.addEventListener("abort", abort, { once: true });
  });
}
