import { randomBytes } from "node:crypto";
import { hostname } from "node:os";

/** A name for what is not finished, of this process alone; `removeDeadAttempts` knows it. */
export function temporaryName(name: string): string {
  return `${name}.${hostname()}-${process.pid}-${randomBytes(4).toString("hex")}.incomplete`;
}
