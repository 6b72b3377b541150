import { sha256 } from "@leyenda/core";

/** What copies and unfinished downloads of a list are told apart by, in file names. */
export function digest(...key: readonly string[]): string {
  return sha256(key.join("\0")).slice(0, 12);
}
