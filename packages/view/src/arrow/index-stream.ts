import type { StoredFile } from "@leyenda/core";
import { Message, type MessageHeader, type Schema } from "apache-arrow";

/** Where an Arrow IPC stream keeps its batches: what is needed to read any column of any of them. */
export interface StreamIndex {
  schema: Schema;
  batches: readonly BatchPlace[];
  rows: number;
}

/** A record batch's place in the file. */
export interface BatchPlace {
  /** Row of the file with which it begins. */
  firstRow: number;
  rows: number;
  /** Bytes from the start of the file to its body, in which `header` places its buffers. */
  body: number;
  header: BatchHeader;
}

type BatchHeader = ReturnType<Message<MessageHeader.RecordBatch>["header"]>;

/** A message's header is rarely longer; one read then does for it. */
const usualHeader = 4096;

/** Longer headers than this are no headers. */
const longestHeader = 16 << 20;

const fileMagic = "ARROW1";

/**
 * Goes through a stream from message to message and reads their headers only, never their bodies. An IPC *file* is such a
 * stream behind eight bytes of magic, and is read as well.
 *
 * @throws Error when it is no Arrow, ends early, or has dictionaries
 */
export async function indexStream(handle: StoredFile, size: number): Promise<StreamIndex> {
  let schema: Schema | undefined;
  const batches: BatchPlace[] = [];
  let rows = 0;
  let buffer = Buffer.allocUnsafe(usualHeader);
  let position = await skipMagic(handle, buffer);
  for (;;) {
    const have = await readAt(handle, buffer, position);
    // A stream may end without its end marker, but not inside a message.
    if (have === 0) break;
    const prefix = buffer.readInt32LE(0) === -1 ? 8 : 4;
    const length = have < prefix ? -1 : buffer.readInt32LE(prefix - 4);
    if (length === 0) break;
    if (length < 0 || length > longestHeader) throw new Error(`there is no message at byte ${position}`);
    if (prefix + length > have) {
      buffer = Buffer.allocUnsafe(prefix + length);
      if ((await readAt(handle, buffer, position)) < buffer.length)
        throw new Error(`the file ends inside the message at byte ${position}`);
    }
    // What is decoded points into the bytes, and the buffer is used again.
    const message = Message.decode(Uint8Array.from(buffer.subarray(prefix, prefix + length)));
    const body = position + prefix + length;
    if (body + message.bodyLength > size)
      throw new Error(`the file ends inside the message at byte ${position}`);
    if (message.isSchema()) schema = message.header();
    else if (message.isRecordBatch()) {
      const header = message.header();
      batches.push({ firstRow: rows, rows: header.length, body, header });
      rows += header.length;
    } else throw new Error("it has dictionaries, which are not read here");
    position = body + message.bodyLength;
  }
  if (schema === undefined) throw new Error("there is no schema");
  return { schema, batches, rows };
}

async function skipMagic(handle: StoredFile, buffer: Buffer): Promise<number> {
  await readAt(handle, buffer, 0);
  return buffer.toString("latin1", 0, fileMagic.length) === fileMagic ? 8 : 0;
}

/** @returns bytes read: as many as the buffer takes, fewer at the end of the file */
async function readAt(handle: StoredFile, buffer: Buffer, position: number): Promise<number> {
  let done = 0;
  while (done < buffer.length) {
    const { bytesRead } = await handle.read(buffer, done, buffer.length - done, position + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return done;
}
