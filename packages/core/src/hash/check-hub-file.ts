import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { pipeline } from "node:stream/promises";

import { isErrno } from "../parts/is-errno.js";

/** What the hub says of a file in its tree. */
export interface HubFile {
  /** Bytes. */
  size: number;
  /** SHA-1 of the git object, in hex. */
  oid?: string | undefined;
  /** Big files: SHA-256 of the content, in hex. */
  lfs?: { oid: string } | undefined;
}

/**
 * Whether a file is what the hub says it is: big files (Git LFS) by their SHA-256, others by the SHA-1 of their git object.
 *
 * @returns undefined when there is no such file
 */
export async function checkHubFile(path: string, { size, oid, lfs }: HubFile): Promise<boolean | undefined> {
  const bytes = await stat(path).then(
    (info) => info.size,
    (error: unknown) => {
      if (isErrno(error, "ENOENT")) return undefined;
      throw error;
    },
  );
  if (bytes === undefined) return undefined;
  if (bytes !== size) return false;
  const hash = createHash(lfs === undefined ? "sha1" : "sha256");
  if (lfs === undefined) hash.update(`blob ${size}\0`);
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex") === (lfs?.oid ?? oid);
}
