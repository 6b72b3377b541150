import { describe, expect, it } from "vitest";

import { startMetricsServer } from "./metrics-server.js";

const worker = { pid: 42, rss: 1_000_000 };
const plan = { type: "plan", stage: "fetch", parts: 3, partsDone: 1, rows: 30, rowsDone: 10 } as const;
const progress = { type: "progress", stage: "fetch", worker } as const;

describe("the metrics server", () => {
  it("serves rows by outcome, bytes, rows in flight, how far the stage is and memory, on the loopback", async () => {
    const metrics = await startMetricsServer(0, "127.0.0.1");
    try {
      metrics.event(plan);
      metrics.event({
        ...progress,
        part: "a",
        rows: 4,
        bytes: 100,
        outcomes: { ok: 3, dns: 1 },
        inFlight: 5,
      });
      metrics.event({ ...progress, part: "b", rows: 2, bytes: 50, outcomes: { ok: 2 }, inFlight: 7 });
      metrics.event({ ...progress, part: "a", rows: 6, bytes: 0, outcomes: { ok: 6 }, inFlight: 0 });
      metrics.event({ type: "part", stage: "fetch", part: "a", won: true, seconds: 1 });
      const response = await fetch(metrics.url);
      expect(response.headers.get("content-type")).toContain("text/plain");
      const lines = (await response.text()).split("\n");
      for (const line of [
        'leyenda_rows_total{stage="fetch",outcome="ok"} 11',
        'leyenda_rows_total{stage="fetch",outcome="dns"} 1',
        'leyenda_bytes_total{stage="fetch"} 150',
        'leyenda_rows_in_flight{stage="fetch"} 7',
        'leyenda_stage_rows{stage="fetch"} 30',
        'leyenda_stage_rows_done{stage="fetch"} 22',
        'leyenda_stage_parts_done{stage="fetch"} 2',
        'leyenda_resident_memory_bytes{pid="42"} 1000000',
      ]) {
        expect(lines).toContain(line);
      }
      expect((await fetch(new URL("/", metrics.url))).status).toBe(404);
    } finally {
      await metrics.close();
    }
  });

  it("says so when the port is taken", async () => {
    const first = await startMetricsServer(0, "127.0.0.1");
    try {
      await expect(startMetricsServer(Number(new URL(first.url).port), "127.0.0.1")).rejects.toMatchObject({
        code: "USAGE",
      });
    } finally {
      await first.close();
    }
  });
});
