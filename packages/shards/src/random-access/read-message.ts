import type { StoredFile } from "@leyenda/core";

import { Message } from "apache-arrow";

import { readAt } from "./read-at.js";

/** Continuation marker and length of the header, before every message of a stream. */
const prefixBytes = 8;

/** Read at once: headers of record batches are smaller as a rule, so that one read is enough. */
const firstRead = 4096;

/** A message of an Arrow IPC stream, without its body. */
export interface FoundMessage {
  message: Message;
  /** Bytes before the body: prefix, header, padding. */
  headBytes: number;
}

/**
 * Reads the message at a position of a stream.
 *
 * @returns null at the end-of-stream marker, and where the file ends
 * @throws RangeError where there is no whole message
 */
export async function readMessage(handle: StoredFile, position: number): Promise<FoundMessage | null> {
  const first = Buffer.alloc(firstRead);
  const got = await readAt(handle, first, position);
  if (got === 0) return null;
  if (got < prefixBytes || first.readInt32LE(0) !== -1)
    throw new RangeError(`no message at byte ${position}`);
  const size = first.readInt32LE(4);
  if (size === 0) return null;
  const headBytes = prefixBytes + size;
  if (size < 0 || size > 1 << 28) throw new RangeError(`no message at byte ${position}`);
  let head = first.subarray(0, Math.min(got, headBytes));
  if (headBytes > firstRead) {
    head = Buffer.alloc(headBytes);
    head = head.subarray(0, await readAt(handle, head, position));
  }
  if (head.length < headBytes)
    throw new RangeError(`the file ends within a message, byte ${position + head.length}`);
  return { message: Message.decode(head.subarray(prefixBytes)), headBytes };
}
