import type { Noted } from "./danger-notes.js";

/**
 * Looks at a process's notes several times within `hangMs`, and reports once the rows that it has been at for all that time.
 * Counts looks rather than reading a clock: a machine that slept, or was too busy to look, has not seen a hang.
 *
 * @returns stops watching
 */
export function watchForHangs(
  read: () => Noted[],
  hangMs: number,
  onHang: (rows: number[]) => void,
): () => void {
  const looks = 20;
  let seen = new Map<number, number>();
  const timer = setInterval(() => {
    const now = new Map<number, number>();
    const hung: number[] = [];
    for (const { row, turn } of read()) {
      const count = (seen.get(turn) ?? 0) + 1;
      now.set(turn, count);
      if (count > looks) hung.push(row);
    }
    seen = now;
    if (hung.length === 0) return;
    clearInterval(timer);
    onHang(hung);
  }, hangMs / looks);
  timer.unref();
  return () => {
    clearInterval(timer);
  };
}
