import { join } from "node:path";

import { resolvePath } from "../store/resolve-path.js";

/** Where the data of one dataset lives; each stage owns one folder. */
export interface DatasetFolders {
  root: string;
  fetched: string;
  clean: string;
  selected: string;
  translated: string;
  arranged: string;
  dataset: string;
  exported: string;
  reports: string;
}

/** The folders of a dataset under a data folder (default: `$DATA_DIR`, else `./data`): on a disk, or `s3://bucket/prefix`. */
export function datasetFolders(name: string, dataDir = process.env.DATA_DIR ?? "data"): DatasetFolders {
  const root = join(resolvePath(dataDir), name);
  return {
    root,
    fetched: join(root, "fetched"),
    clean: join(root, "clean"),
    selected: join(root, "selected"),
    translated: join(root, "translated"),
    arranged: join(root, "arranged"),
    dataset: join(root, "dataset"),
    exported: join(root, "exported"),
    reports: join(root, "reports"),
  };
}
