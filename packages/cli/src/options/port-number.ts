import { InvalidArgumentError } from "commander";

/** An option's port, 0 for any that is free. */
export function portNumber(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0 || value > 65_535)
    throw new InvalidArgumentError("expected a port from 0 to 65535.");
  return value;
}
