import type { FetchFailure } from "../fetch-failure.js";
import { Host, type HostFigures, type Waiting } from "./host.js";
import type { HostLimits } from "./host-limits.js";
import { Turn } from "./turn.js";

export interface TurnsOptions extends HostLimits {
  /** Turns at the same time, over all hosts. */
  concurrency: number;
  /** Hosts that are remembered after they have been asked. @default 10_000 */
  maxHosts?: number;
  /** Milliseconds, never going back. @default performance.now */
  now?: () => number;
}

/**
 * Decides who asks which host next. Who wants to send a request needs a lane, of which there are `concurrency`, a place at
 * the host, and a token of the host's rate; whoever lacks one waits here, holding nothing, while others go ahead. Hosts that
 * can be asked take turns, so that a host with many rows, or a slow one, keeps nobody else waiting.
 */
export class Turns {
  readonly #options: TurnsOptions;
  readonly #maxHosts: number;
  readonly #now: () => number;
  /** In order of last use. */
  readonly #hosts = new Map<string, Host>();
  /** Hosts that may have somebody to begin. */
  readonly #ready = new Set<Host>();
  /** What was seen of hosts that are no longer remembered. */
  #forgotten = new Map<string, HostFigures>();
  #lanes = 0;
  #dispatching = false;

  constructor(options: TurnsOptions) {
    this.#options = options;
    this.#maxHosts = options.maxHosts ?? 10_000;
    this.#now = options.now ?? ((): number => performance.now());
  }

  /** A turn of somebody who has not asked anybody yet. */
  open(): Turn {
    return new Turn(this);
  }

  /**
   * Begins `start` when the host can be asked. The turn it gets already holds all it needs to ask that host; it must be
   * ended. Where the host refuses everything for long, the turn holds a lane only, and asking fails.
   *
   * @returns takes it off the list; does nothing once it has begun
   */
  queue(hostname: string, start: (turn: Turn) => void): () => void {
    const host = this.host(hostname);
    const waiting: Waiting = {
      start: () => {
        const turn = new Turn(this);
        turn.give(host);
        start(turn);
      },
      refuse: () => {
        const turn = new Turn(this);
        turn.give(null);
        start(turn);
      },
    };
    host.rows.add(waiting);
    this.#ready.add(host);
    this.#dispatch();
    return () => {
      this.drop(host, waiting);
    };
  }

  /** Lets no new row begin at the host until the function that comes back is called. */
  hold(hostname: string): () => void {
    const host = this.host(hostname);
    host.holds += 1;
    return () => {
      host.holds -= 1;
      this.stir(host);
    };
  }

  /**
   * The host has answered that it is asked too much.
   *
   * @param turn of the request that it answered so
   * @param retryAfterMs nobody asks it for so long, as it wished; null without a wish
   * @param refusal given where that is too long to wait for: how requests end until then
   */
  slowDown(turn: Turn, retryAfterMs: number | null, refusal: FetchFailure | null): void {
    const { host } = turn;
    if (host === null) return;
    const now = this.#now();
    host.figures.throttled += 1;
    host.slowDown(now, turn.sentAt);
    if (retryAfterMs === null) return;
    host.quiet(now + retryAfterMs);
    if (refusal !== null) host.refusal = refusal;
    this.stir(host);
  }

  /** What was seen of each host since the last call; of forgotten ones, no more than `maxHosts` are kept. */
  takeFigures(): Map<string, HostFigures> {
    const taken = this.#forgotten;
    this.#forgotten = new Map();
    for (const host of this.#hosts.values()) {
      const figures = host.takeFigures();
      if (figures !== null) addFigures(taken, host.name, figures);
    }
    return taken;
  }

  /** Forgets who waits; nothing then keeps the process alive. */
  close(): void {
    for (const { timer } of this.#hosts.values()) clearTimeout(timer);
    this.#hosts.clear();
    this.#ready.clear();
  }

  // What follows is for turns.

  now(): number {
    return this.#now();
  }

  host(name: string): Host {
    const known = this.#hosts.get(name);
    if (known !== undefined) return known;
    const host = new Host(name, this.#options, this.#now());
    this.#hosts.set(name, host);
    return host;
  }

  takeLane(): boolean {
    if (this.#lanes >= this.#options.concurrency) return false;
    this.#lanes += 1;
    return true;
  }

  giveLane(): void {
    this.#lanes -= 1;
    this.#dispatch();
  }

  /** Takes a place and a token without waiting; nobody who waits is overtaken. */
  takePlace(host: Host): boolean {
    return host.hops.size === 0 && this.#takePlace(host, this.#now());
  }

  givePlace(host: Host): void {
    host.running -= 1;
    if (host.isIdle()) this.#rest(host);
    this.stir(host);
  }

  wait(host: Host, waiting: Waiting): void {
    host.hops.add(waiting);
    this.stir(host);
  }

  drop(host: Host, waiting: Waiting): void {
    host.remove(waiting);
    if (host.isIdle()) this.#rest(host);
  }

  /** Something has changed at the host: somebody may begin now. */
  stir(host: Host): void {
    if (host.next() === undefined) return;
    this.#ready.add(host);
    this.#dispatch();
  }

  #dispatch(): void {
    // Who begins may end, or ask again, at once; the loop that is running sees to it.
    if (this.#dispatching) return;
    this.#dispatching = true;
    try {
      for (const host of this.#ready) {
        if (this.#lanes >= this.#options.concurrency) return;
        this.#ready.delete(host);
        // To the end of the round, so that hosts take turns.
        if (this.#begin(host) && host.next() !== undefined) this.#ready.add(host);
      }
    } finally {
      this.#dispatching = false;
    }
  }

  /** Begins the next one at a host, if it can be. */
  #begin(host: Host): boolean {
    const waiting = host.next();
    if (waiting === undefined) return false;
    const now = this.#now();
    const refusal = host.refused(now);
    if (refusal === null && !this.#takePlace(host, now)) {
      this.#wake(host, now);
      return false;
    }
    this.#lanes += 1;
    host.remove(waiting);
    if (refusal === null) waiting.start();
    else waiting.refuse(refusal);
    return true;
  }

  #takePlace(host: Host, now: number): boolean {
    if (host.running >= this.#options.connectionsPerHost) return false;
    if (host.quietUntil > now || !host.bucket.take(now)) return false;
    host.running += 1;
    return true;
  }

  /** Comes back to a host when time alone will have made it ready. */
  #wake(host: Host, now: number): void {
    if (host.timer !== undefined || host.running >= this.#options.connectionsPerHost) return;
    const ms = Math.min(host.waitMs(now), maxTimerMs);
    host.timer = setTimeout(() => {
      host.timer = undefined;
      host.figures.waitedMs += this.#now() - now;
      this.stir(host);
    }, ms);
  }

  /** The host goes to the end of the order; one that nobody misses is forgotten where there are too many. */
  #rest(host: Host): void {
    if (this.#hosts.get(host.name) !== host) return;
    this.#hosts.delete(host.name);
    this.#hosts.set(host.name, host);
    if (this.#hosts.size <= this.#maxHosts) return;
    const now = this.#now();
    let looked = 0;
    for (const old of this.#hosts.values()) {
      if (old !== host && old.isAsNew(now)) {
        this.#hosts.delete(old.name);
        this.#keepFigures(old);
        return;
      }
      looked += 1;
      if (looked === 8) return;
    }
  }

  #keepFigures(host: Host): void {
    const figures = host.takeFigures();
    if (figures === null) return;
    addFigures(this.#forgotten, host.name, figures);
    const oldest = this.#forgotten.size > this.#maxHosts ? this.#forgotten.keys().next().value : undefined;
    if (oldest !== undefined) this.#forgotten.delete(oldest);
  }
}

/** Timers of Node take no more than 2³¹ − 1 ms; a larger one fires at once. */
const maxTimerMs = 2 ** 31 - 1;

/** A host that was forgotten may have come back since. */
function addFigures(to: Map<string, HostFigures>, name: string, more: HostFigures): void {
  const known = to.get(name);
  if (known === undefined) {
    to.set(name, more);
    return;
  }
  known.requests += more.requests;
  known.throttled += more.throttled;
  known.waitedMs += more.waitedMs;
  known.maxPerSecond = Math.max(known.maxPerSecond, more.maxPerSecond);
  known.maxInFlight = Math.max(known.maxInFlight, more.maxInFlight);
}
