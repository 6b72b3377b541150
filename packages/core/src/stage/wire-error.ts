import { type ErrorDetails, LeyendaError } from "../errors.js";
import type { WireError } from "./worker-messages.js";

/** An error as plain data. */
export function toWire(error: unknown): WireError {
  const known = error instanceof LeyendaError ? error : undefined;
  const plain = error instanceof Error ? error : new Error(String(error));
  return {
    message: plain.message,
    stack: plain.stack,
    code: known?.code,
    where: known?.where,
    expected: known?.expected,
    hint: known?.hint,
  };
}

/** The error that `toWire` took apart. */
export function fromWire({ message, stack, code, where, expected, hint }: WireError): Error {
  if (code === undefined) {
    const error = new Error(message);
    if (stack !== undefined) error.stack = stack;
    return error;
  }
  const details: ErrorDetails = {};
  if (where !== undefined) details.where = where;
  if (expected !== undefined) details.expected = expected;
  if (hint !== undefined) details.hint = hint;
  return new LeyendaError(code, message, details);
}
