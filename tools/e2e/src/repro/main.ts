/**
 * Builds a dataset twice and compares: `node main.js [dataset]`. The first build has one worker; the second has four, is killed
 * with all of its workers somewhere on the way, and goes on. Prints both root hashes; exits with 1 when they differ.
 *
 * The sample's web is served here. Another dataset is downloaded once, by the first build, and the second takes over what was
 * fetched, since nobody can promise what the web answers the next time.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { reproduce } from "./reproduce.js";

const dataset = process.argv[2] ?? "sample";
const folder = await mkdtemp(join(process.env.DATA_DIR ?? tmpdir(), "leyenda-repro-"));
try {
  const { hashes, moment } = await reproduce(dataset, folder, (text) => process.stderr.write(`${text}\n`));
  process.stdout.write(`1 worker:                                ${hashes[0]}\n`);
  process.stdout.write(
    `4 workers, killed after ${moment.toFixed(1).padStart(5)} s and resumed: ${hashes[1]}\n`,
  );
  process.exitCode = hashes[0] === hashes[1] ? 0 : 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}
