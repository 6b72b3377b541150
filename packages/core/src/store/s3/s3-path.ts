/** A place in a bucket. */
export interface S3Path {
  bucket: string;
  /** Without a slash at either end; empty for the bucket itself. */
  key: string;
}

/**
 * Takes an `s3://bucket/key` apart. `path.join` folds the two slashes into one, so `s3:/bucket/key` is the same place: paths in a
 * bucket can be joined like any others.
 *
 * @returns null for any other path
 */
export function parseS3Path(path: string): S3Path | null {
  const [, bucket, key = ""] = /^s3:\/\/?([^/]+)(?:\/(.*))?$/s.exec(path) ?? [];
  return bucket === undefined ? null : { bucket, key: key.replace(/^\/+|\/+$/g, "") };
}
