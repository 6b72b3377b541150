import { execFile } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { outcomeClasses } from "@leyenda/core";
import { describe, expect, it } from "vitest";

import { stage } from "../src/clean-stage.js";

const corpus = process.env.LEYENDA_CORPUS;
const script = fileURLToPath(new URL("fixtures/mutate.mjs", import.meta.url));

interface Report {
  mutations: number;
  outcomes: Record<string, number>;
  hash: string;
  mebibytes: number[];
}

async function mutate(inFlight: number): Promise<Report> {
  const run = await promisify(execFile)(
    process.execPath,
    [script, join(corpus ?? "", "odd-images"), "2000", "1", `${inFlight}`],
    { env: { ...process.env, ...stage.environment } },
  );
  return JSON.parse(run.stdout) as Report;
}

describe.skipIf(corpus === undefined)("2,000 damaged copies of the pictures of LEYENDA_CORPUS", () => {
  it("each come to an outcome, in a process that lives and does not grow", async () => {
    const { mutations, outcomes, mebibytes } = await mutate(2);
    expect(mutations).toBe(2000);
    expect(Object.values(outcomes).reduce((sum, count) => sum + count, 0)).toBe(2000);
    for (const outcome of Object.keys(outcomes)) expect(outcomeClasses).toHaveProperty(outcome);
    for (const outcome of ["ok", "corrupt", "truncated_image"]) expect(outcomes[outcome]).toBeGreaterThan(50);
    expect(mebibytes.at(-1)).toBeLessThan((mebibytes[0] ?? 0) + 60);
  });

  it("each come to the same result whatever else is in hand", async () => {
    expect((await mutate(8)).hash).toBe((await mutate(1)).hash);
  });
});
