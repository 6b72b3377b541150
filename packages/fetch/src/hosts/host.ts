import type { FetchFailure } from "../fetch-failure.js";
import type { HostLimits } from "./host-limits.js";
import { RateMeter } from "./rate-meter.js";
import { TokenBucket } from "./token-bucket.js";

/** What was seen of one host since it was last told. */
export interface HostFigures {
  requests: number;
  /** Answers 429 and 503. */
  throttled: number;
  /** Milliseconds in which requests were there and had to wait: for the rate, or because the host had asked for it. */
  waitedMs: number;
  /** Most requests in any one second. */
  maxPerSecond: number;
  /** Most requests in flight at a time. */
  maxInFlight: number;
}

/** Somebody who waits for a turn at a host. */
export interface Waiting {
  start: () => void;
  /** The host does not want to be asked for a long time. */
  refuse: (failure: FetchFailure) => void;
}

/** One host name: what it is being asked, who waits to ask, and how much it takes. */
export class Host {
  readonly name: string;
  readonly bucket: TokenBucket;
  /** Requests that follow from others: redirects, further attempts, robots.txt. They go before new rows. */
  readonly hops = new Set<Waiting>();
  readonly rows = new Set<Waiting>();
  /** Places taken, whether the request is sent yet or not. */
  running = 0;
  inFlight = 0;
  /** While above 0 no new row begins. */
  holds = 0;
  /** The host asked for peace until then. */
  quietUntil = Number.NEGATIVE_INFINITY;
  /** It asked for so much that its rows end with this instead; until `quietUntil`. */
  refusal: FetchFailure | null = null;
  timer: NodeJS.Timeout | undefined;
  figures: HostFigures = noFigures();
  readonly #meter = new RateMeter();

  constructor(name: string, { requestsPerSecondPerHost, burst }: HostLimits, now: number) {
    this.name = name;
    this.bucket = new TokenBucket(requestsPerSecondPerHost, burst, now);
  }

  /** Who is next; undefined where nobody may begin. */
  next(): Waiting | undefined {
    const hop = this.hops.values().next().value;
    return hop ?? (this.holds > 0 ? undefined : this.rows.values().next().value);
  }

  remove(waiting: Waiting): void {
    if (!this.hops.delete(waiting)) this.rows.delete(waiting);
  }

  /** The failure with which requests end at once; null where they need not. */
  refused(now: number): FetchFailure | null {
    if (this.refusal !== null && now >= this.quietUntil) this.refusal = null;
    return this.refusal;
  }

  waitMs(now: number): number {
    return Math.max(0, this.quietUntil - now, this.bucket.waitMs(now));
  }

  /** Counts a request that is being sent. */
  sent(now: number): void {
    this.inFlight += 1;
    const { figures } = this;
    figures.requests += 1;
    figures.maxPerSecond = Math.max(figures.maxPerSecond, this.#meter.add(now));
    figures.maxInFlight = Math.max(figures.maxInFlight, this.inFlight);
  }

  slowDown(now: number, sentAt: number): void {
    this.bucket.slowDown(now, sentAt, this.#meter.count(now));
  }

  /** What was seen since the last call; null where that is nothing. */
  takeFigures(): HostFigures | null {
    const { figures } = this;
    if (figures.requests === 0 && figures.waitedMs === 0) return null;
    this.figures = noFigures();
    return figures;
  }

  quiet(until: number): void {
    this.quietUntil = Math.max(this.quietUntil, until);
    this.bucket.pause(this.quietUntil);
  }

  isIdle(): boolean {
    return this.running === 0 && this.hops.size === 0 && this.rows.size === 0 && this.holds === 0;
  }

  /** Whether forgetting it changes nothing. */
  isAsNew(now: number): boolean {
    return this.isIdle() && now >= this.quietUntil && this.bucket.isFull(now);
  }
}

function noFigures(): HostFigures {
  return { requests: 0, throttled: 0, waitedMs: 0, maxPerSecond: 0, maxInFlight: 0 };
}
