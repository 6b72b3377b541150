import { randomUUID } from "node:crypto";
import { join } from "node:path";

import { rootHash } from "./check-data-folder.js";
import { copyFolder } from "./copy-folder.js";
import { failureOf, runLeyenda } from "./run-leyenda.js";
import type { SmallSample } from "./small-sample.js";

/**
 * The root hash of what one process on a disk makes of the same downloads: those of another run may differ by what timed out.
 *
 * @param root data folder of the dataset, on a disk or in a bucket
 */
export async function rebuiltHash(sample: SmallSample, root: string): Promise<string> {
  const dataDir = join(sample.folder, `rebuilt-${randomUUID()}`);
  await copyFolder(join(root, "fetched"), join(dataDir, "small", "fetched"));
  const failure = failureOf(
    await runLeyenda(["build", sample.config, "--data-dir", dataDir, "--workers", "1"]),
  );
  if (failure !== null) throw new Error(failure);
  return rootHash(join(dataDir, "small"));
}
