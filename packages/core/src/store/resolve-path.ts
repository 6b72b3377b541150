import { posix, resolve } from "node:path";

import { parseS3Path } from "./s3/s3-path.js";

/** A path as `path.resolve` makes it absolute; one of a bucket is so already. */
export function resolvePath(...segments: [string, ...string[]]): string {
  const last = segments.at(-1) ?? "";
  if (parseS3Path(last) !== null) return last;
  const [first, ...rest] = segments;
  return parseS3Path(first) === null ? resolve(...segments) : posix.join(first, ...rest);
}
