import { readdir, rename } from "node:fs/promises";
import { join } from "node:path";

import { isDeadAttempt, isErrno, temporaryName } from "@leyenda/core";

/**
 * Takes over an unfinished file that a process which is gone has left.
 *
 * @param start what its name begins with
 * @returns its new path and what stood between `start` and the process in its name, or null when there is none
 */
export async function claimIncomplete(
  folder: string,
  start: string,
): Promise<{ path: string; between: string } | null> {
  for (const name of await readdir(folder)) {
    if (!name.startsWith(start) || !isDeadAttempt(name)) continue;
    const between = name.slice(start.length).split(".")[0] ?? "";
    const path = temporaryName(join(folder, `${start}${between}`));
    try {
      await rename(join(folder, name), path);
      return { path, between };
    } catch (error) {
      // Another process was faster.
      if (!isErrno(error, "ENOENT")) throw error;
    }
  }
  return null;
}
