// Requests that a part costs a bucket, stage by stage: builds a small sample in a real S3 server and counts them.
//
//     node tools/bench/scale/requests.mjs [parts]        default: 24
//
// Prints, for each stage, requests that write or list, and that read, for each part of `source.rowsPerPart` rows. Needs radosgw.

import { runLeyenda } from "../../e2e/dist/run-leyenda.js";
import { startFaultyProxy } from "../../e2e/dist/s3/faulty-proxy.js";
import { startRadosgw } from "../../e2e/dist/s3/start-radosgw.js";
import { makeSmallSample } from "../../e2e/dist/small-sample.js";

const parts = Number(process.argv[2] ?? 24);
const rowsPerPart = 20;
const server = await startRadosgw();
const proxy = await startFaultyProxy(server);
const rows = parts * rowsPerPart;
const splits = { train: Math.round(rows * 0.25), validation: 6 };
const sample = await makeSmallSample({ rows, rowsPerPart, ...splits });
try {
  await server.makeBucket("requests");
  const env = { ...server.env(proxy.endpoint), DATA_DIR: "s3://requests/data" };
  for (const verb of ["fetch", "clean", "translate", "shards", "verify"]) {
    const before = { ...proxy };
    const { code, stderr } = await runLeyenda([verb, sample.config], env);
    if (code !== 0) throw new Error(stderr);
    const writes = proxy.writes - before.writes;
    const reads = proxy.requests - before.requests - writes;
    console.log(
      `${verb.padEnd(10)} ${(writes / parts).toFixed(1)} writes, ${(reads / parts).toFixed(1)} reads a part`,
    );
  }
} finally {
  await sample.close();
  await proxy.close();
  await server.close();
}
