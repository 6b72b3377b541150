import { describe, expect, it } from "vitest";

import { duration, renderProgress } from "./render-progress.js";
import { addProgress, type StageProgress } from "./stage-progress.js";

function state(): StageProgress {
  return {
    stage: "fetch",
    rows: 1000,
    rowsDone: 0,
    parts: 10,
    partsDone: 0,
    bytes: 0,
    outcomes: {},
    window: [],
    startedAt: 0,
  };
}

describe("renderProgress", () => {
  it("says rows, rates, success, time left and what fails most", () => {
    const progress = state();
    addProgress(
      progress,
      { rows: 250, bytes: 50_000_000, outcomes: { ok: 200, timeout: 30, http_4xx: 20 } },
      10_000,
    );
    expect(renderProgress(progress, 10_000, 200)).toBe(
      "fetch     ██████░░░░░░░░░░░░░░░░░░ 250/1000  25 rows/s  5.0 MB/s  80.0 % ok  30 s left  30 timeout, 20 http_4xx",
    );
  });

  it("forgets what is long past, so that rates follow what is happening", () => {
    const progress = state();
    addProgress(progress, { rows: 900, bytes: 0, outcomes: { ok: 900 } }, 1_000);
    addProgress(progress, { rows: 15, bytes: 0, outcomes: { ok: 15 } }, 60_000);
    expect(renderProgress(progress, 60_000, 200)).toContain("1 rows/s");
  });

  it("never exceeds the terminal's width", () => {
    expect(renderProgress(state(), 0, 30)).toHaveLength(30);
  });
});

describe("duration", () => {
  it.each([
    [5.4, "5 s"],
    [200, "3 min 20 s"],
    [18_720, "5 h 12 min"],
  ])("%d is %s", (seconds, text) => {
    expect(duration(seconds)).toBe(text);
  });
});
