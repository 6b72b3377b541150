import { join } from "node:path";

import { type TestRedis, startRedis } from "@leyenda/queue/testing";

import { failureOf, runLeyenda, startLeyenda } from "../run-leyenda.js";
import { rootHash } from "../check-data-folder.js";
import { type S3Server, startRadosgw } from "../s3/start-radosgw.js";
import type { SmallSample } from "../small-sample.js";

/** A way to build a dataset, and what came of it. */
export interface Way {
  way: string;
  hash: string;
  seconds: number;
}

/** A part each of the stages that take long, and of the others where they come. */
const oneEach = "fetch=1,clean=1,select=1,translate=1,arrange=1,shards=1,eval=1";

/**
 * Builds a dataset with one process, with four, and with four workers of a queue over an S3 server with true conditional PUT. All of
 * them download; where the web is slow for a moment, that is seen in the hash.
 */
export async function buildThreeWays(
  sample: SmallSample,
  tell: (text: string) => void = () => undefined,
): Promise<Way[]> {
  const ways: Way[] = [];
  const build = async (way: string, root: string, run: () => Promise<void>): Promise<void> => {
    tell(way);
    const began = performance.now();
    await run();
    ways.push({ way, hash: await rootHash(root), seconds: (performance.now() - began) / 1_000 });
  };
  const on = (name: string): string => join(sample.folder, name);
  // Some addresses recover once they were asked for: the ways are to see the same web.
  must(await runLeyenda(["fetch", sample.config, "--data-dir", on("before"), "--workers", "2"]));
  for (const [way, workers] of [
    ["one process", "1"],
    ["four processes", "4"],
  ] as const) {
    await build(way, on(`${workers}/small`), async () => {
      must(await runLeyenda(["build", sample.config, "--data-dir", on(workers), "--workers", workers]));
    });
  }
  let server: S3Server | undefined;
  let redis: TestRedis | undefined;
  const before = { ...process.env };
  try {
    server = await startRadosgw();
    redis = await startRedis();
    await server.makeBucket("ways");
    Object.assign(process.env, server.env(), {
      DATA_DIR: "s3://ways/data",
      LEYENDA_REDIS: redis.url,
      LEYENDA_SCRATCH: on("scratch"),
    });
    await build("four workers of a queue, over S3", "s3://ways/data/small", async () => {
      must(await runLeyenda(["enqueue", sample.config, "--limit", "fetch=4"]));
      const workers = Array.from({ length: 4 }, () =>
        startLeyenda(["worker", "--until-done", "--concurrency", oneEach]),
      );
      for (const { ended } of workers) must(await ended);
    });
  } finally {
    process.env = before;
    await redis?.close();
    await server?.close();
  }
  return ways;
}

function must(run: Awaited<ReturnType<typeof runLeyenda>>): void {
  const failure = failureOf(run);
  if (failure !== null) throw new Error(failure);
}
