import { type Outcome, outcomeClasses } from "@leyenda/core";

export interface FailureOptions {
  /** False where another attempt a few seconds later would end the same. @default by the outcome's class */
  retryable?: boolean;
  /** What the server asks for, milliseconds. */
  retryAfterMs?: number | null;
}

/** How a download ends when it is not ok. It never leaves this package: `fetchImage` turns it into a result. */
export class FetchFailure extends Error {
  override readonly name = "FetchFailure";
  readonly outcome: Outcome;
  readonly retryable: boolean;
  readonly retryAfterMs: number | null;

  /** @param detail one short line on why */
  constructor(outcome: Outcome, detail: string, options: FailureOptions = {}) {
    super(detail);
    this.outcome = outcome;
    this.retryable = options.retryable ?? outcomeClasses[outcome] === "transient";
    this.retryAfterMs = options.retryAfterMs ?? null;
  }
}
