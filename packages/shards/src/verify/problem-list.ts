import type { Check, Problem } from "./verify-report.js";

/** Listed of each check, so that many problems of one kind do not hide those of another. */
const listed = 25;

/** Notes a problem; `level` is `error` unless it is given. */
export type Say = (check: Check, where: string, message: string, level?: Problem["level"]) => void;

/** What a list has come to, as plain data. */
export type FoundProblems = Pick<ProblemList, "problems" | "counts" | "errors" | "warnings">;

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
  /** Adds what was found elsewhere, as if it had been said here. */
  add({ problems, counts, errors, warnings }: FoundProblems): void {
    const found: Partial<Record<Check, number>> = {};
    for (const problem of problems) {
      const count = (found[problem.check] = (found[problem.check] ?? 0) + 1);
      if ((this.counts[problem.check] ?? 0) + count <= listed) this.problems.push(problem);
    }
    for (const [check, count] of Object.entries(counts) as [Check, number][])
      this.counts[check] = (this.counts[check] ?? 0) + count;
    this.errors += errors;
    this.warnings += warnings;
  }
}
