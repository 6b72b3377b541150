import type { FetchFailure } from "../fetch-failure.js";
import type { Host, Waiting } from "./host.js";
import type { Turns } from "./turns.js";

/**
 * Somebody's right to send requests, one after the other, to one host or several. From `enter` to `leave` it holds a place
 * at the host; from the first `enter` to `rest` or `end` it holds a lane, so that what a request brought can be put away
 * before another begins.
 */
export class Turn {
  readonly #turns: Turns;
  #lane = false;
  #host: Host | null = null;
  /** Whether the place's token is spent. */
  #sent = false;
  #sentAt = 0;

  constructor(turns: Turns) {
    this.#turns = turns;
  }

  /** The host that is being asked. */
  get host(): Host | null {
    return this.#host;
  }

  /** When the last request was sent. */
  get sentAt(): number {
    return this.#sentAt;
  }

  /** For `Turns`: a lane, and a place with a token, that were taken for this turn. */
  give(host: Host | null): void {
    this.#lane = true;
    this.#host = host;
    this.#sent = false;
  }

  /**
   * Waits until the host may be asked, and counts the request.
   *
   * @throws FetchFailure where the host refuses everything for long
   * @throws the signal's reason when it aborts
   */
  async enter(hostname: string, signal: AbortSignal): Promise<void> {
    const host = this.#turns.host(hostname);
    if (this.#host !== host || this.#sent) {
      this.leave();
      const refusal = host.refused(this.#turns.now());
      if (refusal !== null) throw refusal;
      if (!this.#begins(host)) {
        this.rest();
        await this.#wait(host, signal);
      }
    }
    this.#sent = true;
    this.#sentAt = this.#turns.now();
    host.sent(this.#sentAt);
  }

  /** The request has ended. */
  leave(): void {
    const host = this.#host;
    if (host === null) return;
    this.#host = null;
    if (this.#sent) host.inFlight -= 1;
    else host.bucket.giveBack();
    this.#turns.givePlace(host);
  }

  /** Gives everything back, to go on later. */
  rest(): void {
    this.leave();
    if (!this.#lane) return;
    this.#lane = false;
    this.#turns.giveLane();
  }

  #begins(host: Host): boolean {
    const had = this.#lane;
    if (!had && !this.#turns.takeLane()) return false;
    this.#lane = true;
    if (this.#turns.takePlace(host)) {
      this.give(host);
      return true;
    }
    return false;
  }

  #wait(host: Host, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const waiting: Waiting = {
        start: () => {
          signal.removeEventListener("abort", abort);
          this.give(host);
          resolve();
        },
        refuse: (failure: FetchFailure) => {
          signal.removeEventListener("abort", abort);
          this.give(null);
          reject(failure);
        },
      };
      const abort = (): void => {
        this.#turns.drop(host, waiting);
        reject(signal.reason as Error);
      };
      if (signal.aborted) {
        reject(signal.reason as Error);
        return;
      }
      signal.addEventListener("abort", abort, { once: true });
      this.#turns.wait(host, waiting);
    });
  }
}
