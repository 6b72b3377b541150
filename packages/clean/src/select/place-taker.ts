import { openCode, verdictCode } from "./selection-table.js";

const [train, validation] = [verdictCode("train"), verdictCode("validation")];

export interface PlaceTaker {
  /** Gives a row a place in a split (its verdict's code), where one is left and the row has none. */
  take: (codes: Uint8Array, row: number, split: number) => void;
  /** Places that are left, over all splits. */
  readonly left: number;
}

/** Hands out the places of both splits. */
export function placeTaker(wanted: { train: number; validation: number }): PlaceTaker {
  const left = [0, 0, 0];
  left[train] = wanted.train;
  left[validation] = wanted.validation;
  return {
    take: (codes, row, split) => {
      if ((left[split] ?? 0) === 0 || codes[row] !== openCode) return;
      codes[row] = split;
      left[split] = (left[split] ?? 0) - 1;
    },
    get left() {
      return (left[train] ?? 0) + (left[validation] ?? 0);
    },
  };
}
