import type { StageEvent } from "@leyenda/core";
import { Counter, Gauge, Registry } from "prom-client";

/** The figures of a run, fed with its events. */
export interface Metrics {
  event: (event: StageEvent) => void;
  /** In the text format of Prometheus. */
  text: () => Promise<string>;
  contentType: string;
}

/** Makes the figures of one run, apart from those of any other in this process. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const stage = ["stage"] as const;
  const rows = new Counter({
    name: "leyenda_rows_total",
    help: "Rows that ended in this run, by outcome",
    labelNames: ["stage", "outcome"],
    registers,
  });
  const bytes = new Counter({
    name: "leyenda_bytes_total",
    help: "Bytes that were read in this run",
    labelNames: stage,
    registers,
  });
  const gauge = (name: string, help: string): Gauge<"stage"> =>
    new Gauge({ name: `leyenda_${name}`, help, labelNames: stage, registers });
  const inFlight = gauge("rows_in_flight", "Rows that are being worked on");
  const planned = gauge("stage_rows", "Rows that the stage has");
  const done = gauge("stage_rows_done", "Rows of the stage that are done, earlier runs included");
  const parts = gauge("stage_parts", "Parts that the stage has");
  const partsDone = gauge("stage_parts_done", "Parts of the stage that are done, earlier runs included");
  const memory = new Gauge({
    name: "leyenda_resident_memory_bytes",
    help: "Resident memory by process",
    labelNames: ["pid"],
    registers,
    collect() {
      this.set({ pid: String(process.pid) }, process.memoryUsage.rss());
    },
  });
  /** Rows in flight of each part under way. */
  const flying = new Map<string, number>();
  return {
    event: (event) => {
      const labels = { stage: event.stage };
      if (event.type === "plan") {
        planned.set(labels, event.rows);
        done.set(labels, event.rowsDone);
        parts.set(labels, event.parts);
        partsDone.set(labels, event.partsDone);
      } else if (event.type === "progress") {
        for (const [outcome, count] of Object.entries(event.outcomes))
          rows.inc({ ...labels, outcome }, count);
        bytes.inc(labels, event.bytes);
        done.inc(labels, event.rows);
        memory.set({ pid: String(event.worker.pid) }, event.worker.rss);
        if (event.inFlight !== undefined) flying.set(event.part, event.inFlight);
      } else if (event.type === "part") {
        partsDone.inc(labels);
        flying.delete(event.part);
      } else if (event.type !== "warning") flying.clear();
      inFlight.set(
        labels,
        [...flying.values()].reduce((sum, count) => sum + count, 0),
      );
    },
    text: () => registry.metrics(),
    contentType: registry.contentType,
  };
}
