import { parseS3Path } from "./s3/s3-path.js";

/** Whether a path lies in a bucket. */
export function isBucket(path: string): boolean {
  return parseS3Path(path) !== null;
}
