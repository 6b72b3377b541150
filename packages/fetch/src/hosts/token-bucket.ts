/** A host that is asked this seldom is still asked. */
const slowestPerSecond = 0.1;
/** After a cut the rate grows back by this share of the full rate in each second. */
const recoveryPerSecond = 1 / 60;

/**
 * How fast one host may be asked: a token for each request, `rate` new ones in a second, `burst` at most in hand. A host
 * that says it is too much gets half of what it was asked last, and the full rate again little by little (additive
 * increase, multiplicative decrease, as in TCP). In any window of t seconds no more than `burst + rate · t` tokens are given.
 *
 * Times are milliseconds on any clock that only goes forward.
 */
export class TokenBucket {
  readonly #fullRate: number;
  readonly #fullBurst: number;
  /** Rate right after the last cut, and its time. */
  #base: number;
  #cutAt = Number.NEGATIVE_INFINITY;
  #tokens: number;
  #filledAt: number;
  /** Rate at that time. */
  #filledRate: number;

  /**
   * @param rate tokens in a second
   * @param burst at least 1
   */
  constructor(rate: number, burst: number, now: number) {
    this.#fullRate = rate;
    this.#fullBurst = burst;
    this.#base = rate;
    this.#tokens = burst;
    this.#filledAt = now;
    this.#filledRate = rate;
  }

  /** Tokens in a second, now. */
  rate(now: number): number {
    if (this.#base === this.#fullRate) return this.#base;
    const grown = this.#base + this.#fullRate * recoveryPerSecond * ((now - this.#cutAt) / 1_000);
    if (grown < this.#fullRate) return grown;
    this.#base = this.#fullRate;
    return this.#fullRate;
  }

  /** @returns whether there was a token */
  take(now: number): boolean {
    this.#fill(now);
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }

  /** Takes back a token that was not used. */
  giveBack(): void {
    this.#tokens = Math.min(this.#fullBurst, this.#tokens + 1);
  }

  /** Milliseconds until there is a token; 0 where there is one. */
  waitMs(now: number): number {
    this.#fill(now);
    if (this.#tokens >= 1) return 0;
    const paused = Math.max(0, this.#filledAt - now);
    return Math.ceil(paused + ((1 - this.#tokens) / this.rate(now)) * 1_000);
  }

  /** Whether it is as good as new. */
  isFull(now: number): boolean {
    this.#fill(now);
    return this.#tokens === this.#fullBurst && this.#base === this.#fullRate;
  }

  /**
   * Halves the rate, once for all requests that were sent at the rate of before.
   *
   * @param sentAt when the request was sent that the host refused
   * @param seen requests that the host was sent in the last second; the rate that was too much
   */
  slowDown(now: number, sentAt: number, seen: number): void {
    if (sentAt < this.#cutAt) return;
    this.#fill(now);
    const tooMuch = Math.min(this.rate(now), Math.max(seen, 2));
    this.#base = Math.min(this.#fullRate, Math.max(slowestPerSecond, tooMuch / 2));
    this.#cutAt = now;
    this.#filledRate = this.#base;
    this.#tokens = 0;
  }

  /** Gives nothing until then, and gathers nothing meanwhile: no rush when the time is over. */
  pause(until: number): void {
    this.#tokens = 0;
    this.#filledAt = Math.max(this.#filledAt, until);
  }

  #fill(now: number): void {
    if (now <= this.#filledAt) return;
    const rate = this.rate(now);
    // The rate may have grown since: the lower one counts, so that never more comes in than is due.
    const most = Math.max(1, (this.#fullBurst * rate) / this.#fullRate);
    const filled = this.#tokens + this.#filledRate * ((now - this.#filledAt) / 1_000);
    this.#tokens = Math.min(most, filled);
    this.#filledAt = now;
    this.#filledRate = rate;
  }
}
