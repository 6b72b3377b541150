/**
 * The time limits of one request: a total, and within it one for each phase. All share one timer, which is moved only when
 * a limit comes nearer; a limit that moved away is noticed when the timer fires.
 */
export class Deadline {
  readonly #total: number;
  readonly #totalMs: number;
  readonly #expire: (why: string) => void;
  #limit: number;
  #phase = "";
  #phaseMs = 0;
  #firesAt = Infinity;
  #timer: NodeJS.Timeout | undefined;

  /**
   * @param totalMs milliseconds left, from now
   * @param expire called once, with what has taken too long
   */
  constructor(totalMs: number, expire: (why: string) => void) {
    this.#totalMs = totalMs;
    this.#total = performance.now() + totalMs;
    this.#limit = this.#total;
    this.#expire = expire;
    this.#arm();
  }

  /** Begins a phase that may take so long. */
  begin(phase: string, ms: number): void {
    this.#phase = phase;
    this.#phaseMs = ms;
    this.refresh();
  }

  /** Begins the phase's time anew. */
  refresh(): void {
    this.#limit = Math.min(this.#total, performance.now() + this.#phaseMs);
    if (this.#limit < this.#firesAt) this.#arm();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #arm(): void {
    clearTimeout(this.#timer);
    this.#firesAt = this.#limit;
    this.#timer = setTimeout(
      () => {
        // Timers may fire a fraction of a millisecond early.
        if (performance.now() < this.#limit - 1) this.#arm();
        else if (this.#limit < this.#total)
          this.#expire(`${this.#phase} took longer than ${this.#phaseMs} ms`);
        else this.#expire(`not done within ${Math.round(this.#totalMs)} ms`);
      },
      Math.ceil(this.#limit - performance.now()),
    );
  }
}
