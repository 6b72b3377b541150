import { readSync } from "node:fs";

import { LeyendaError } from "../errors.js";
import { storeOf } from "../store/store-of.js";
import type { StoredFile } from "../store/store.js";
import type { ImageRange } from "./images-writer.js";

/** Up to so many bytes a read takes less time than handing it to another thread: 2 µs against 12 for 2 KB. */
const smallBytes = 8 << 10;

/** Reads pictures out of one images file by their place. */
export interface ImagesReader {
  /**
   * @param memory where the picture goes, of its length; new memory where none is given
   * @throws LeyendaError DATA_CORRUPT when the file ends before the picture does
   */
  read(range: ImageRange, memory?: Uint8Array): Promise<Uint8Array>;
  /**
   * Reads a small picture at once where its file lies on a disk, without a promise.
   *
   * @param at where in the memory it goes
   * @returns false where it has to be waited for: nothing was read
   * @throws LeyendaError DATA_CORRUPT as `read`
   */
  readNow(range: ImageRange, memory: Uint8Array, at: number): boolean;
  close(): Promise<void>;
}

/**
 * Opens a part's images file for positioned reads.
 *
 * @param options.sequential most pictures are read in the order of the file
 */
export async function readImages(path: string, options?: { sequential?: boolean }): Promise<ImagesReader> {
  const handle = await storeOf(path).open(path, options);
  const { fd } = handle;
  const readNow = (range: ImageRange, memory: Uint8Array, at: number): boolean => {
    if (fd === undefined || range.length > smallBytes) return false;
    for (let done = 0; done < range.length;) {
      const bytes = readSync(fd, memory, at + done, range.length - done, range.offset + done);
      if (bytes === 0) throw endsInside(range, path);
      done += bytes;
    }
    return true;
  };
  return {
    readNow,
    read: async (range, memory = new Uint8Array(range.length)) => {
      if (!readNow(range, memory, 0)) await readRange(handle, range, path, memory);
      return memory;
    },
    close: () => handle.close(),
  };
}

async function readRange(
  handle: StoredFile,
  range: ImageRange,
  path: string,
  memory: Uint8Array,
): Promise<void> {
  for (let done = 0; done < range.length;) {
    const { bytesRead } = await handle.read(memory, done, range.length - done, range.offset + done);
    if (bytesRead === 0) throw endsInside(range, path);
    done += bytesRead;
  }
}

function endsInside({ offset, length }: ImageRange, path: string): LeyendaError {
  return new LeyendaError(
    "DATA_CORRUPT",
    `the images file ends inside a picture (bytes ${offset} to ${offset + length})`,
    { where: path, hint: "delete the part's record and run the stage again" },
  );
}
