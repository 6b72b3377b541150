import type { FileHandle } from "node:fs/promises";

/** Reads `target.length` bytes from a position, fewer only where the file ends. @returns bytes read */
export async function readAt(handle: FileHandle, target: Uint8Array, position: number): Promise<number> {
  let done = 0;
  while (done < target.length) {
    const { bytesRead } = await handle.read(target, done, target.length - done, position + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return done;
}
