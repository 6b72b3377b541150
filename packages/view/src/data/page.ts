/** What a page of rows is asked for. */
export interface PageRequest {
  /** Row to begin at, from 0. */
  at: number;
  /** Most rows on it. */
  count: number;
  /** Give back what was found after this many milliseconds; a search of millions of rows takes several pages' time. */
  budgetMs: number;
  signal: AbortSignal;
  /** Milliseconds, monotonic. */
  now: () => number;
}

/** Rows from a place on that fit the filter. */
export interface Page<Row> {
  rows: Row[];
  /** Where to go on; null at the end. */
  next: number | null;
  /** Rows in all, whether they fit or not. */
  total: number;
}
