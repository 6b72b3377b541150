import type { ListOptions } from "./web/make-list.js";

export type ScenarioName = "photos" | "mix" | "latency" | "clean";

export interface Scenario extends Pick<ListOptions, "delays" | "answers"> {
  title: string;
  /** URLs, unless told otherwise. */
  urls: number;
  /** Names of those who take part. */
  contestants: readonly string[];
}

export const scenarios: Record<ScenarioName, Scenario> = {
  photos: {
    title: "photos at once: what a picture costs",
    urls: 38_240,
    delays: { 0: 100 },
    answers: { photo: 100 },
    contestants: ["leyenda", "img2dataset-bodies", "img2dataset-no-resize", "aria2c", "curl"],
  },
  mix: {
    // About as many alive as Conceptual 12M has left.
    title: "a web of errors and latencies",
    urls: 4_780,
    delays: { 0: 20, 20: 30, 100: 30, 300: 15, 1000: 5 },
    answers: { photo: 60, slow: 5, html: 5, not_found: 20, server_error: 5, reset: 5 },
    contestants: ["leyenda", "img2dataset-bodies", "aria2c", "curl"],
  },
  latency: {
    title: "every response after 200 ms: only concurrency helps",
    urls: 4_780,
    delays: { 200: 100 },
    answers: { photo: 100 },
    contestants: ["leyenda", "img2dataset-bodies", "aria2c", "curl"],
  },
  clean: {
    title: "fetch and clean: 256 px, border, JPEG quality 95",
    urls: 1_912,
    delays: { 0: 100 },
    answers: { photo: 100 },
    contestants: ["leyenda-256", "img2dataset-256"],
  },
};
