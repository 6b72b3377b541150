import { tmpdir } from "node:os";
import { join } from "node:path";

import { parseS3Path } from "./s3/s3-path.js";

/**
 * A folder of this machine's disk for what is needed only while a stage runs, or can be made again: the stage's own folder or, where that
 * lies in a bucket, one under `LEYENDA_SCRATCH` (default: `leyenda` in the system's folder for temporary files). It may have to be made.
 */
export function scratchFolder(folder: string): string {
  const place = parseS3Path(folder);
  if (place === null) return folder;
  return join(process.env.LEYENDA_SCRATCH ?? join(tmpdir(), "leyenda"), place.bucket, place.key);
}
