import { Counter, Gauge, Histogram, Registry } from "prom-client";

/** What the gauges look at when they are asked for. */
export interface MetricsSources {
  queued: () => number;
  receiving: () => number;
  heldBytes: () => number;
  decoderRss: () => number;
}

/** The figures of one server, apart from those of any other in this process. */
export interface ServeMetrics {
  /** A request was answered. */
  answered: (route: string, status: number) => void;
  /** A caption was asked for and refused. */
  refused: (code: string) => void;
  /** A caption was given, this many seconds after its body was there. */
  captioned: (seconds: number) => void;
  batch: (pictures: number) => void;
  /** In the text format of Prometheus. */
  text: () => Promise<string>;
  contentType: string;
}

export function createServeMetrics(sources: MetricsSources): ServeMetrics {
  const registry = new Registry();
  const registers = [registry];
  const requests = new Counter({
    name: "leyenda_serve_requests_total",
    help: "Requests that were answered, by route and status",
    labelNames: ["route", "status"],
    registers,
  });
  const refusals = new Counter({
    name: "leyenda_serve_refusals_total",
    help: "Pictures that were given no caption, by the code of the error",
    labelNames: ["code"],
    registers,
  });
  const seconds = new Histogram({
    name: "leyenda_serve_caption_seconds",
    help: "Seconds from a whole body to its caption",
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8, 16, 32],
    registers,
  });
  const batches = new Histogram({
    name: "leyenda_serve_batch_pictures",
    help: "Pictures that were captioned together",
    buckets: [1, 2, 4, 8, 16, 32],
    registers,
  });
  const gauge = (name: string, help: string, value: () => number): void => {
    new Gauge({
      name: `leyenda_serve_${name}`,
      help,
      registers,
      collect() {
        this.set(value());
      },
    });
  };
  gauge("queue_pictures", "Pictures that wait or are at work", sources.queued);
  gauge("receiving", "Bodies that are coming in", sources.receiving);
  gauge("held_bytes", "Bytes of bodies in memory", sources.heldBytes);
  gauge("resident_memory_bytes", "Resident memory of the server's process", () => process.memoryUsage.rss());
  gauge("decoder_resident_memory_bytes", "Resident memory of the decoder's process", sources.decoderRss);
  return {
    answered: (route, status) => {
      requests.inc({ route, status: String(status) });
    },
    refused: (code) => {
      refusals.inc({ code });
    },
    captioned: (value) => {
      seconds.observe(value);
    },
    batch: (pictures) => {
      batches.observe(pictures);
    },
    text: () => registry.metrics(),
    contentType: registry.contentType,
  };
}
