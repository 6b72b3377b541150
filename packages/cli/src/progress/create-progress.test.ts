import { expect, it } from "vitest";

import type { Io } from "../io.js";
import { createProgress } from "./create-progress.js";

it("keeps what is said during a run, above the live view", async () => {
  let written = "";
  let now = 0;
  const io: Io = {
    out: () => undefined,
    err: (text) => {
      written += text;
    },
    isTerminal: true,
    columns: 80,
    cwd: "/",
    env: {},
    now: () => now,
    onSignal: () => () => undefined,
  };
  const progress = await createProgress(io, false);
  progress.event({ type: "plan", stage: "fetch", parts: 2, partsDone: 0, rows: 20, rowsDone: 0 });
  expect(written).toContain("0/20");
  progress.say("leyenda: a note\n");
  now = 10_000;
  const worker = { pid: 1, rss: 1 };
  const step = { part: "part-00000", rows: 5, bytes: 10, outcomes: { ok: 5 } };
  progress.event({ type: "progress", stage: "fetch", worker, ...step });
  progress.close();
  const after = written.slice(written.indexOf("a note"), written.indexOf("5/20"));
  expect(after).toContain("fetch");
  // No cursor goes up over the note.
  expect(after).not.toMatch(/\[\d*A/);
});
