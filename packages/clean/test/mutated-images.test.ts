import { execFile } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { outcomeClasses } from "@leyenda/core";
import { describe, expect, it } from "vitest";

const corpus = process.env.LEYENDA_CORPUS;
const script = fileURLToPath(new URL("fixtures/mutate.mjs", import.meta.url));

interface Report {
  mutations: number;
  outcomes: Record<string, number>;
  mebibytes: number[];
}

describe.skipIf(corpus === undefined)("2,000 damaged copies of the pictures of LEYENDA_CORPUS", () => {
  it("each come to an outcome, in a process that lives and does not grow", async () => {
    const run = await promisify(execFile)(process.execPath, [
      script,
      join(corpus ?? "", "odd-images"),
      "2000",
    ]);
    const { mutations, outcomes, mebibytes } = JSON.parse(run.stdout) as Report;
    expect(mutations).toBe(2000);
    expect(Object.values(outcomes).reduce((sum, count) => sum + count, 0)).toBe(2000);
    for (const outcome of Object.keys(outcomes)) expect(outcomeClasses).toHaveProperty(outcome);
    for (const outcome of ["ok", "corrupt", "truncated_image"]) expect(outcomes[outcome]).toBeGreaterThan(50);
    expect(mebibytes.at(-1)).toBeLessThan((mebibytes[0] ?? 0) + 150);
  });
});
