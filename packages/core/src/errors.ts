/** Stable codes of the errors a user can meet; the message says the rest. */
export type ErrorCode =
  | "CONFIG_INVALID"
  | "CONFIG_MISSING"
  | "SOURCE_INVALID"
  | "SOURCE_MISSING"
  | "MODEL_INVALID"
  | "MODEL_MISSING"
  | "PROVIDER_MISSING"
  | "DATA_FOLDER"
  | "DATA_MISMATCH"
  | "DATA_MISSING"
  | "DATA_CORRUPT"
  | "NOT_ENOUGH_ROWS"
  | "CIRCUIT_OPEN"
  | "WORKER_DIED"
  | "HUB"
  | "QUEUE"
  | "USAGE";

export interface ErrorDetails {
  /** Where it is: a file, a file and line, or an option. */
  where?: string;
  /** What would have been right. */
  expected?: string;
  /** What to do about it. */
  hint?: string;
  cause?: unknown;
}

/** An error that the user can act on. Anything else that is thrown is a bug of ours. */
export class LeyendaError extends Error {
  override readonly name = "LeyendaError";
  readonly code: ErrorCode;
  readonly where: string | undefined;
  readonly expected: string | undefined;
  readonly hint: string | undefined;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.where = details.where;
    this.expected = details.expected;
    this.hint = details.hint;
  }
}
