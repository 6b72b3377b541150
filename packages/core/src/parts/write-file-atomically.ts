import { randomBytes } from "node:crypto";
import { rename, rm, writeFile } from "node:fs/promises";
import { hostname } from "node:os";

/** Replaces a small file: readers see the old content or the new, never a part of it. */
export async function writeFileAtomically(path: string, content: string | Uint8Array): Promise<void> {
  const temporary = `${path}.${hostname()}-${process.pid}-${randomBytes(4).toString("hex")}.incomplete`;
  try {
    await writeFile(temporary, content, { flush: true });
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
