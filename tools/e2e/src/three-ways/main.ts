/**
 * Builds samples of so many rows in three ways each: `node main.js [rows ...]`; by default the sample itself, 2,400, and 50,000. Prints
 * the root hashes and exits with 1 where they differ. Needs redis-server and radosgw.
 */
import { makeSmallSample } from "../small-sample.js";
import { buildThreeWays } from "./build-three-ways.js";

/** The sample's own rows. */
const sampleRows = 2_400;
const given = process.argv.slice(2).map(Number);
const sizes = (given.length > 0 ? given : [sampleRows, 50_000]).map((rows) => ({
  rows,
  more: Math.max(rows - sampleRows, 0),
  rowsPerPart: rows > sampleRows ? 1_000 : 100,
  train: Math.round(rows * 0.198),
  validation: Math.round(rows * 0.002),
}));
for (const size of sizes) {
  // The web is this process: on a machine that is busy, one that answers late is none that is gone.
  const patient = { totalMs: 15_000, headersMs: 12_000, stallMs: 10_000, connectMs: 10_000, retries: 1 };
  const sample = await makeSmallSample({ ...size, overrides: { fetch: patient } });
  try {
    const ways = await buildThreeWays(sample, (text) => process.stderr.write(`${size.rows} rows: ${text}\n`));
    for (const { way, hash, seconds } of ways)
      process.stdout.write(
        `${size.rows} rows, ${way.padEnd(32)} ${seconds.toFixed(0).padStart(5)} s  ${hash}\n`,
      );
    if (new Set(ways.map(({ hash }) => hash)).size !== 1) process.exitCode = 1;
  } finally {
    await sample.close();
  }
}
