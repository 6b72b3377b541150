import type { MatchReason, Verdict, Words } from "@leyenda/core";

/** Verdicts by their code. Code 0 is a row that nothing speaks against. */
export const verdicts = [
  "reserve",
  "train",
  "validation",
  "duplicate",
  "placeholder",
  "excluded",
  "caption_short",
  "caption_long",
  "caption_language",
  "caption_boilerplate",
] as const satisfies readonly Verdict[];

/** Reasons by their code. */
export const reasons = [
  null,
  "exact",
  "near",
  "key",
  "url",
] as const satisfies readonly (MatchReason | null)[];

/** The code of a row that nothing speaks against: of `reserve`, until it is chosen. */
export const openCode = 0;

export function verdictCode(verdict: Verdict): number {
  return verdicts.indexOf(verdict);
}

export function reasonCode(reason: MatchReason): number {
  return reasons.indexOf(reason);
}

/** The rows to choose from, in columns: 46 bytes a row. */
export interface SelectionTable {
  /** 16 bytes a row. */
  keys: Uint8Array;
  /** First 8 bytes of SHA-256 of the body. Together with equal perceptual hashes they make bodies equal. */
  bodies: Words;
  /** DCT hash; 0 for a picture without one. */
  phashes: Words;
  /** Difference hash. */
  dhashes: Words;
  /** Hash of the caption. */
  captions: Uint32Array;
  /** Code of the verdict of rows that are out already; 0 for the others. */
  verdicts: Uint8Array;
  /** Code of the reason for that verdict, or 0. */
  reasons: Uint8Array;
}

/** A table of `rows` rows, all zero. */
export function selectionTable(rows: number): SelectionTable {
  const words = (): Words => ({ high: new Uint32Array(rows), low: new Uint32Array(rows) });
  return {
    keys: new Uint8Array(rows * 16),
    bodies: words(),
    phashes: words(),
    dhashes: words(),
    captions: new Uint32Array(rows),
    verdicts: new Uint8Array(rows),
    reasons: new Uint8Array(rows),
  };
}

/** Copies all rows of a table into another, from row `start` on. */
export function copyRows(from: SelectionTable, to: SelectionTable, start: number): void {
  to.keys.set(from.keys, start * 16);
  for (const name of ["bodies", "phashes", "dhashes"] as const) {
    to[name].high.set(from[name].high, start);
    to[name].low.set(from[name].low, start);
  }
  for (const name of ["captions", "verdicts", "reasons"] as const) to[name].set(from[name], start);
}
