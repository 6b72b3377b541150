import { setTimeout as sleep } from "node:timers/promises";

import { describe, expect, it } from "vitest";

import { runLanes } from "./run-lanes.js";

describe("runLanes", () => {
  it("throws the first failure, after every other lane was told and has ended", async () => {
    const ended: string[] = [];
    let lane = 0;
    const run = runLanes(3, new AbortController().signal, async (signal) => {
      const me = lane++;
      if (me === 1) throw new Error("first");
      await sleep(10_000, undefined, { signal }).catch(() => undefined);
      ended.push(`lane ${me}`);
    });
    await expect(run).rejects.toThrow("first");
    expect(ended.sort()).toEqual(["lane 0", "lane 2"]);
  });
});
