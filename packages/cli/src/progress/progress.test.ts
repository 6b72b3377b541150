import { describe, expect, it } from "vitest";

import { duration, renderLive, renderProgress } from "./render-progress.js";
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
    inFlight: new Map(),
    window: [],
    startedAt: 0,
  };
}

describe("renderProgress", () => {
  it("says rows, rates, success, time left and what fails most", () => {
    const progress = state();
    addProgress(
      progress,
      {
        part: "part-00000",
        rows: 250,
        bytes: 50_000_000,
        outcomes: { ok: 200, timeout: 30, http_4xx: 20 },
        inFlight: 64,
      },
      10_000,
    );
    expect(renderProgress(progress, 10_000)).toBe(
      "fetch     ██████░░░░░░░░░░░░░░░░░░ 250/1000  25 rows/s  5.0 MB/s  80.0 % ok  10 s  30 s left  30 timeout, 20 http_4xx",
    );
    expect(renderLive(progress, 10_000, 80).split("\n")).toEqual([
      "fetch     ██████░░░░░░░░░░░░░░░░░░ 250/1000  25.0 %  0/10 parts",
      "          25 rows/s  5.0 MB/s  80.0 % ok  10 s  30 s left  64 in flight",
      "          30 timeout, 20 http_4xx",
    ]);
  });

  it("forgets what is long past, so that rates follow what is happening", () => {
    const progress = state();
    addProgress(progress, { part: "a", rows: 900, bytes: 0, outcomes: { ok: 900 } }, 1_000);
    addProgress(progress, { part: "a", rows: 15, bytes: 0, outcomes: { ok: 15 } }, 60_000);
    expect(renderProgress(progress, 60_000)).toContain("1 rows/s");
  });

  it("never exceeds the terminal's width", () => {
    const lines = renderLive(state(), 0, 30).split("\n");
    expect(lines.map((line) => line.length)).toEqual([30, 23]);
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
