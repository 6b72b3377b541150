import type { StoredFile } from "@leyenda/core";

import { readMessage } from "./read-message.js";
import type { BatchPlace } from "./shard-index.js";

/**
 * Finds the record batches of an Arrow IPC stream by its messages' headers, one read of a few KB for each batch.
 *
 * @param bytes size of the file
 * @throws RangeError where the stream is cut off or has dictionaries
 */
export async function scanShard(handle: StoredFile, bytes: number): Promise<BatchPlace[]> {
  const places: BatchPlace[] = [];
  for (let offset = 0; ;) {
    const found = await readMessage(handle, offset);
    if (found === null) return places;
    const { message, headBytes } = found;
    const length = headBytes + message.bodyLength;
    if (offset + length > bytes) throw new RangeError(`the file ends within a record batch, byte ${bytes}`);
    if (message.isDictionaryBatch()) throw new RangeError("columns with dictionaries are not read");
    if (message.isRecordBatch()) places.push({ offset, length, rows: message.header().length });
    offset += length;
  }
}
