/** A row that ended or hung the process it was in, alone. */
export interface FatalRow {
  row: number;
  end: "crash" | "hang";
}

/** How the process of an isolated stage keeps informed who outlives it. */
export interface Danger {
  /** Says that something is about to be done to a row that may end or hang the process; what it returns, that it went well. */
  enter: (row: number) => () => void;
  /** An earlier attempt died: take one row at a time, so that the next death has one cause. */
  careful: boolean;
  /** By row: what must not be tried again. */
  fatal: ReadonlyMap<number, FatalRow["end"]>;
}

/** For stages whose native code may crash or hang. */
export interface Isolation {
  /** Longest time that one row may take before its process is ended. */
  hangMs: number;
}
