// A worker as a process of its own: `worker.mjs <redis url> <processes for each stage>`.
import { startWorker } from "../../../packages/queue/dist/index.js";

import { stage as clean } from "./stages/clean.mjs";
import { stage as fetch } from "./stages/fetch.mjs";

const [url, processes] = process.argv.slice(2);
startWorker({
  url,
  stages: [fetch, clean],
  concurrency: { fetch: Number(processes), clean: Number(processes) },
  onEvent: (event) => {
    if (event.type !== "made") console.error(JSON.stringify(event));
  },
});
