import { setTimeout as sleep } from "node:timers/promises";

import { describe, expect, it } from "vitest";

import { withProgress } from "./with-progress.js";

describe("withProgress", () => {
  it("tells every row once, in a few events, and then the result", async () => {
    const steps = withProgress(async (counter) => {
      for (let i = 0; i < 50; i += 1) {
        counter.row(i % 2 === 0 ? "ok" : "dns", 10);
        await sleep(1);
      }
      return counter.outcomes;
    }, 5);
    let rows = 0;
    let bytes = 0;
    let step = await steps.next();
    for (; step.done !== true; step = await steps.next()) {
      rows += step.value.rows;
      bytes += step.value.bytes;
    }
    expect({ rows, bytes, result: step.value }).toEqual({
      rows: 50,
      bytes: 500,
      result: { ok: 25, dns: 25 },
    });
  });

  it("fails when the work fails", async () => {
    const steps = withProgress(() => Promise.reject(new Error("no")), 5);
    await expect(steps.next()).rejects.toThrow("no");
  });
});
