import { join, relative } from "node:path";

import { storeOf } from "@leyenda/core";

/** Reads a picture that a row names by its path. @returns null where there is none, or where the path leaves the folder */
export async function readPictureFile(folder: string, path: string): Promise<Uint8Array | null> {
  const file = join(folder, path);
  if (relative(folder, file).startsWith("..")) return null;
  return storeOf(file)
    .read(file)
    .catch(() => null);
}
