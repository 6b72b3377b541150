export interface RefusalDetails {
  /** What to do about it. */
  hint?: string;
  /** Seconds after which another try makes sense. */
  retryAfter?: number;
}

/** Why a request is not answered with a caption, in the words and the status that go back to whoever asked. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  /** Of HTTP. */
  readonly status: number;
  /** Stable; programs go by it. */
  readonly code: string;
  readonly hint: string | undefined;
  readonly retryAfter: number | undefined;

  constructor(status: number, code: string, message: string, { hint, retryAfter }: RefusalDetails = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.hint = hint;
    this.retryAfter = retryAfter;
  }
}
