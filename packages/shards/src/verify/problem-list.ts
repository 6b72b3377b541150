import type { Check, Problem } from "./verify-report.js";

/** Listed of each check, so that many problems of one kind do not hide those of another. */
const listed = 25;

/** Notes a problem; `level` is `error` unless it is given. */
export type Say = (check: Check, where: string, message: string, level?: Problem["level"]) => void;

/** Problems as they are found: all counted, the first of each check kept. */
export class ProblemList {
  readonly problems: Problem[] = [];
  readonly counts: Partial<Record<Check, number>> = {};
  errors = 0;
  warnings = 0;

  readonly say: Say = (check, where, message, level = "error") => {
    if (level === "error") this.errors += 1;
    else this.warnings += 1;
    const count = (this.counts[check] ?? 0) + 1;
    this.counts[check] = count;
    if (count <= listed) this.problems.push({ check, level, where, message });
  };
}
