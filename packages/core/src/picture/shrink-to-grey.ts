import type { Pixels } from "./pixels.js";

const side = 32;

/**
 * Brings a picture to 32 × 32 grey levels (ITU-R BT.601 luma, 0 to 255), row by row, each the mean over its cell's area.
 */
export function shrinkToGrey({ data, width, height }: Pixels): Float64Array {
  const grey = new Float64Array(side * side);
  const rowOfCells = new Float64Array(side);
  const columns = Array.from({ length: side }, (_, cell) => cellSpan(cell, width));
  const rows = Array.from({ length: side }, (_, cell) => cellSpan(cell, height));
  let cellRow = 0;
  for (let row = 0; row < height; row += 1) {
    columns.forEach((span, cell) => {
      rowOfCells[cell] = spanLuma(data, row * width, span);
    });
    // A row on a border belongs to the cells on both sides, in parts.
    while (cellRow > 0 && (rows[cellRow - 1]?.last ?? 0) >= row) cellRow -= 1;
    for (; cellRow < side && (rows[cellRow]?.first ?? 0) <= row; cellRow += 1) {
      const weight = rowWeight(rows[cellRow], row);
      for (let cell = 0; cell < side; cell += 1) {
        grey[cellRow * side + cell] = (grey[cellRow * side + cell] ?? 0) + weight * (rowOfCells[cell] ?? 0);
      }
    }
  }
  return grey;
}

/** A cell's pixels along one axis. The first and the last one may belong to it in part; weights add up to 1. */
interface CellSpan {
  first: number;
  last: number;
  firstWeight: number;
  innerWeight: number;
  lastWeight: number;
}

function cellSpan(cell: number, length: number): CellSpan {
  const [from, to] = [(cell * length) / side, ((cell + 1) * length) / side];
  const [first, last] = [Math.floor(from), Math.ceil(to) - 1];
  const innerWeight = 1 / (to - from);
  if (first === last) return { first, last, firstWeight: 1, innerWeight, lastWeight: 0 };
  return {
    first,
    last,
    firstWeight: (first + 1 - from) * innerWeight,
    innerWeight,
    lastWeight: (to - last) * innerWeight,
  };
}

function rowWeight(span: CellSpan | undefined, row: number): number {
  if (span === undefined || row < span.first || row > span.last) return 0;
  if (row === span.first) return span.firstWeight;
  return row === span.last ? span.lastWeight : span.innerWeight;
}

/** @param start first pixel of the row */
function spanLuma(data: Uint8Array, start: number, span: CellSpan): number {
  let [red, green, blue] = [0, 0, 0];
  const last = (start + span.last) * 3;
  for (let at = (start + span.first + 1) * 3; at < last; at += 3) {
    red += data[at] ?? 0;
    green += data[at + 1] ?? 0;
    blue += data[at + 2] ?? 0;
  }
  const inner = 0.299 * red + 0.587 * green + 0.114 * blue;
  const first = luma(data, (start + span.first) * 3);
  return inner * span.innerWeight + first * span.firstWeight + luma(data, last) * span.lastWeight;
}

function luma(data: Uint8Array, at: number): number {
  return 0.299 * (data[at] ?? 0) + 0.587 * (data[at + 1] ?? 0) + 0.114 * (data[at + 2] ?? 0);
}
