export interface SpillPlan {
  /** A folder on a disk. */
  folder: string;
  /** Rows that are looked at together. */
  partitionRows: number;
  /** Memory of each spill for what is not written yet, bytes. */
  bufferBytes: number;
}

/** Bytes a row: of a selection in memory, and of a partition while it is looked at. */
const [rowBytes, partitionRowBytes] = [82, 250];
/** Near pictures are found fastest among about two million. */
const mostPartitionRows = 2 << 20;
/** Spills that are open at a time, at the most. */
const openSpills = 4;

/** @returns how a selection of so many rows is to be laid aside; null where it fits into memory */
export function spillPlan(rows: number, memoryMegabytes: number, folder: string): SpillPlan | null {
  const memory = memoryMegabytes * 1e6;
  if (rows * rowBytes <= memory) return null;
  return {
    folder,
    partitionRows: Math.max(Math.min(Math.floor(memory / 2 / partitionRowBytes), mostPartitionRows), 1),
    bufferBytes: memory / 4 / openSpills,
  };
}
