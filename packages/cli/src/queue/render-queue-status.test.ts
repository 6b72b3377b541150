import { expect, it } from "vitest";

import { renderQueueStatus } from "./render-queue-status.js";

it("says how far each stage is, how long it will take, what takes long, and what failed why", () => {
  const status = renderQueueStatus({
    state: "running",
    stages: [
      {
        stage: "fetch",
        parts: 1240,
        done: 620,
        running: 6,
        failed: 1,
        rowsPerSecond: 1234.56,
        secondsLeft: 5_000,
        stragglers: [{ part: "part-00007", seconds: 95 }],
      },
      {
        stage: "translate",
        parts: null,
        done: 0,
        running: 0,
        failed: 0,
        rowsPerSecond: null,
        secondsLeft: null,
        stragglers: [],
      },
    ],
    failures: [{ queue: "fetch", name: "part-00003", error: "the disk is full", attempts: 5 }],
  });
  expect(status).toBe(`queue: running
  fetch       620 of 1240 part(s) done, 6 running, 1 failed, 1234.6 rows/s, about 83 min left
    part-00007 takes long: 95 s so far
  failed: fetch part-00003 (tried 5 times): the disk is full
`);
});

it("says that a dataset is not in the queue", () => {
  expect(renderQueueStatus({ state: null, stages: [], failures: [] })).toContain("not in it");
});
