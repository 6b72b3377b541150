// A worker as a process of its own: `worker.mjs <redis url> <options as JSON>`; its events are lines of its output.
import { startWorker } from "@leyenda/queue";

import { stages } from "./stages/all.mjs";

const [url, options] = process.argv.slice(2);
const worker = startWorker({
  url,
  stages,
  concurrency: { fetch: 1, clean: 1, select: 1 },
  lockMs: 2_000,
  stalledMs: 500,
  ...JSON.parse(options),
  onEvent: (event) => {
    console.log(JSON.stringify(event));
  },
});
process.once("SIGTERM", () => void worker.close());
process.once("SIGINT", () => {
  worker.drop();
});
