import type { StoredFile } from "../store/store.js";

/** Reads ranges of an open file, in the form that hyparquet takes. @throws Error when a range goes beyond the file's end */
export async function asyncBuffer(handle: StoredFile): Promise<{
  /** Of the whole file. */
  byteLength: number;
  /** Bytes from `start` up to `end`, exclusive. */
  slice: (start: number, end?: number) => Promise<ArrayBuffer>;
}> {
  const { size } = await handle.stat();
  return {
    byteLength: size,
    slice: async (start, end = size) => {
      const buffer = new ArrayBuffer(Math.max(0, end - start));
      const { bytesRead } = await handle.read(new Uint8Array(buffer), 0, buffer.byteLength, start);
      if (bytesRead < buffer.byteLength) throw new Error(`it ends before byte ${end}`);
      return buffer;
    },
  };
}
