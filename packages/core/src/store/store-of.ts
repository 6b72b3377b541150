import { DiskStore } from "./disk-store.js";
import { parseS3Path } from "./s3/s3-path.js";
import { S3Store } from "./s3/s3-store.js";
import type { Store } from "./store.js";

const disk = new DiskStore();
/** One a process, since its connections are to be shared; made by the first path that needs it. */
let s3: S3Store | undefined;

/** The store that a path lies in, by its form: `s3://bucket/prefix…`, or else a disk. */
export function storeOf(path: string): Store {
  return parseS3Path(path) === null ? disk : (s3 ??= new S3Store());
}
