import type { StoredFile } from "@leyenda/core";

/** Reads `target.length` bytes from a position, fewer only where the file ends. @returns bytes read */
export async function readAt(handle: StoredFile, target: Uint8Array, position: number): Promise<number> {
  let done = 0;
  while (done < target.length) {
    const { bytesRead } = await handle.read(target, done, target.length - done, position + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return done;
}
