import { hashDistance, type Words } from "@leyenda/core";

import { openCode, reasonCode, type SelectionTable } from "./selection-table.js";

const [exact, near] = [reasonCode("exact"), reasonCode("near")];

/** Verdicts as they are given, with their reasons; a row that is out keeps what it has. */
export class MarkedRows {
  /** Codes of `verdicts` and of `reasons`. */
  readonly verdicts: Uint8Array;
  readonly reasons: Uint8Array;
  /** Bits in which DCT hashes differ, where the reason is `near`. */
  readonly distances: Uint8Array;
  readonly #table: SelectionTable;

  constructor(table: SelectionTable) {
    this.#table = table;
    this.verdicts = table.verdicts.slice();
    this.reasons = table.reasons.slice();
    this.distances = new Uint8Array(table.verdicts.length);
  }

  /** Takes an open row out, for its likeness to another row. */
  strike(row: number, verdict: number, other: number): void {
    if (this.verdicts[row] !== openCode) return;
    const { bodies, phashes } = this.#table;
    const same = bodies.high[row] === bodies.high[other] && bodies.low[row] === bodies.low[other];
    this.verdicts[row] = verdict;
    this.reasons[row] = same ? exact : near;
    this.distances[row] = same ? 0 : wordsDistance(phashes, row, other);
  }

  /** Takes a row out as near to a picture: the higher verdict stands, and the smaller distance. */
  strikeNear(row: number, verdict: number, distance: number): void {
    const now = this.verdicts[row] ?? openCode;
    if (now > verdict || (now === verdict && (this.distances[row] ?? 0) <= distance)) return;
    this.verdicts[row] = verdict;
    this.reasons[row] = near;
    this.distances[row] = distance;
  }

  /** Gives an open row what another row of its group has. */
  copy(from: number, row: number): void {
    if (this.verdicts[row] !== openCode) return;
    this.verdicts[row] = this.verdicts[from] ?? openCode;
    this.reasons[row] = this.reasons[from] ?? 0;
    this.distances[row] = this.distances[from] ?? 0;
  }
}

/** Bits in which the hashes of two rows differ. */
export function wordsDistance({ high, low }: Words, a: number, b: number): number {
  return hashDistance(high[a] ?? 0, low[a] ?? 0, high[b] ?? 0, low[b] ?? 0);
}
