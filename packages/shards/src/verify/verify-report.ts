/** What can be wrong with a dataset. */
export type Check =
  "manifest" | "files" | "checksum" | "schema" | "count" | "picture" | "caption" | "duplicate" | "leak";

export interface Problem {
  check: Check;
  /** Warnings do not make a dataset wrong. */
  level: "error" | "warning";
  /** File, and row where it concerns one. */
  where: string;
  message: string;
}

export interface VerifyReport {
  ok: boolean;
  folder: string;
  /** `arrow`, `disk`, `parquet`, `webdataset` or `imagefolder`; null where none was found. */
  format: string | null;
  /** Where sizes and checksums are from, such as `manifest.json`; null where the dataset has none. */
  checksums: string | null;
  shards: number;
  rows: number;
  splits: Record<string, number>;
  /** `name: type` of every column; empty where the format has no schema. */
  columns: readonly string[];
  /** All of them, also those that are not listed. */
  problemCount: number;
  warningCount: number;
  /** Errors and warnings of each check. */
  counts: Partial<Record<Check, number>>;
  /** The first of each check. */
  problems: Problem[];
}
