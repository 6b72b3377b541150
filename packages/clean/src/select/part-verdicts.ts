import type { MatchReason, Verdict } from "@leyenda/core";

/** What the selection says of the candidates of one clean part; functions take a place in `rows`. */
export interface PartVerdicts {
  /** Their row numbers in the part, ascending. */
  rows: Uint32Array;
  /** In hex. */
  key: (index: number) => string;
  verdict: (index: number) => Verdict;
  /** Place in its split, from 0; null for rows in no split. */
  position: (index: number) => number | null;
  /** Key, in hex, of the row that was kept instead of a duplicate; null for others. */
  kept: (index: number) => string | null;
  /** How a duplicate, placeholder or excluded row was found out; null for others. */
  reason: (index: number) => MatchReason | null;
  /** Bits between DCT hashes where the reason is `near`; null for others. */
  distance: (index: number) => number | null;
}
