import { createReadStream, createWriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";

import { isErrno, LeyendaError, temporaryName } from "@leyenda/core";
import { Decompress } from "fzstd";

export type Packing = "gzip" | "zstd";

/** How a file is packed, by its first bytes. */
export function packingOf(head: Buffer): Packing | null {
  if (head[0] === 0x1f && head[1] === 0x8b) return "gzip";
  return head.length >= 4 && head.readUInt32LE(0) === 0xfd2fb528 ? "zstd" : null;
}

/**
 * Unpacks a file, in constant memory. The copy gets its name when it is whole.
 *
 * @param name what the file is called, for errors
 * @throws LeyendaError SOURCE_INVALID for damaged or cut data
 */
export async function unpackFile(from: string, to: string, packing: Packing, name: string): Promise<void> {
  const partial = temporaryName(to);
  const packed = createReadStream(from, { highWaterMark: 1 << 16 });
  try {
    const out = createWriteStream(partial, { flush: true });
    if (packing === "gzip") await pipeline(packed, createGunzip({ chunkSize: 1 << 17 }), out);
    else await pipeline(packed, unpackZstd, out);
    await rename(partial, to);
  } catch (cause) {
    await rm(partial, { force: true });
    if (isErrno(cause, "ENOSPC", "EDQUOT", "EACCES", "EROFS", "EIO", "ENOENT")) throw cause;
    throw new LeyendaError(
      "SOURCE_INVALID",
      `the ${packing} data is damaged or cut off: ${(cause as Error).message}`,
      {
        where: `${name}, before byte ${packed.bytesRead}`,
        hint: "bring the file anew",
        cause,
      },
    );
  }
}

async function* unpackZstd(packed: Readable): AsyncGenerator<Uint8Array> {
  let unpacked: Uint8Array[] = [];
  const decompress = new Decompress((chunk) => unpacked.push(chunk));
  for await (const chunk of packed as AsyncIterable<Buffer>) {
    decompress.push(chunk);
    yield* unpacked;
    unpacked = [];
  }
  decompress.push(new Uint8Array(0), true);
  yield* unpacked;
}
