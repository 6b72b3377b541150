import { createHash } from "node:crypto";
import { pipeline } from "node:stream/promises";

import { storeOf } from "../store/store-of.js";

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
  const store = storeOf(path);
  const bytes = await store.size(path);
  if (bytes === null) return undefined;
  if (bytes !== size) return false;
  const hash = createHash(lfs === undefined ? "sha1" : "sha256");
  if (lfs === undefined) hash.update(`blob ${size}\0`);
  await pipeline(store.stream(path), hash);
  return hash.digest("hex") === (lfs?.oid ?? oid);
}
