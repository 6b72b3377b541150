import type { StoredFile } from "../store.js";

const blockBytes = 1 << 20;

/** A file from front to back, in blocks. */
export async function* readBlocks(
  open: () => Promise<StoredFile>,
): AsyncGenerator<Uint8Array, void, undefined> {
  const file = await open();
  try {
    const { size } = await file.stat();
    for (let position = 0; position < size;) {
      const block = Buffer.allocUnsafe(Math.min(blockBytes, size - position));
      const { bytesRead } = await file.read(block, 0, block.length, position);
      if (bytesRead === 0) throw new Error(`the object ends at byte ${position} of ${size}`);
      position += bytesRead;
      yield block.subarray(0, bytesRead);
    }
  } finally {
    await file.close();
  }
}
