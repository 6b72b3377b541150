import { storeOf } from "@leyenda/core";

/** The last bytes of a file, fewer where it is shorter. */
export async function readTail(path: string, length: number): Promise<Buffer> {
  const handle = await storeOf(path).open(path);
  try {
    const { size } = await handle.stat();
    const tail = Buffer.alloc(Math.min(length, size));
    await handle.read(tail, 0, tail.length, size - tail.length);
    return tail;
  } finally {
    await handle.close();
  }
}
