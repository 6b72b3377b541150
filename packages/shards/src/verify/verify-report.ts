/** What can be wrong with a dataset. */
export type Check =
  "manifest" | "files" | "checksum" | "schema" | "count" | "picture" | "caption" | "duplicate" | "leak";

export interface Problem {
  check: Check;
  /** File, and row where it concerns one. */
  where: string;
  message: string;
}

export interface VerifyReport {
  ok: boolean;
  shards: number;
  rows: number;
  splits: Record<string, number>;
  /** All of them, also those that are not listed. */
  problemCount: number;
  /** The first hundred. */
  problems: Problem[];
}
