import { setTimeout as sleep } from "node:timers/promises";

import type { S3 } from "./open-s3.js";
import type { S3Path } from "./s3-path.js";

/** Times that a body which broke off is asked for again; answers that fail are asked for again by the client. */
const attempts = 5;

/**
 * Bytes of an object.
 *
 * @param range from `start` up to `end`, exclusive; the whole object where none is given
 * @throws the SDK's errors: with status 404 where there is no such object
 */
export async function readRange(
  { client, GetObjectCommand }: S3,
  { bucket, key }: S3Path,
  range?: { start: number; end: number },
): Promise<Buffer> {
  for (let attempt = 1; ; attempt += 1) {
    const { Body: body, ContentLength: length } = await client.send(
      new GetObjectCommand({
        Bucket: bucket,
        Key: key,
        Range: range === undefined ? undefined : `bytes=${range.start}-${range.end - 1}`,
      }),
    );
    try {
      const bytes = await body?.transformToByteArray();
      if (bytes === undefined || (length !== undefined && bytes.length !== length))
        throw new Error(`a body of ${length ?? 0} bytes broke off`);
      return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    } catch (error) {
      if (attempt === attempts) throw error;
      // Blocks that broke off together are not to come back together.
      await sleep(200 * 2 ** attempt * (0.5 + Math.random() / 2));
    }
  }
}
