import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach } from "vitest";

import { type DatasetFolders, datasetFolders } from "../../src/config/dataset-folders.js";

/** A data folder of its own for every test of the file, there from `beforeEach` on. */
export function useDataFolder(): { folders: DatasetFolders } {
  const current = { folders: datasetFolders("test", tmpdir()) };
  let dataDir: string;
  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), "leyenda-core-"));
    current.folders = datasetFolders("test", dataDir);
  });
  afterEach(() => rm(dataDir, { recursive: true, force: true }));
  return current;
}
