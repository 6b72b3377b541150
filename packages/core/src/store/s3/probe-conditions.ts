import { randomBytes } from "node:crypto";
import { hostname } from "node:os";

import { LeyendaError } from "../../errors.js";
import { isStatus } from "./is-status.js";
import type { S3 } from "./open-s3.js";
import type { S3Path } from "./s3-path.js";

/**
 * Makes sure that a store really refuses to create what is there: some take the header and ignore it, and then two workers could
 * both believe that their part is the one that counts.
 *
 * @throws LeyendaError DATA_FOLDER where the store ignores conditions, or cannot be written
 */
export async function probeConditions(s3: S3, { bucket, key }: S3Path, folder: string): Promise<void> {
  const { client, PutObjectCommand, DeleteObjectCommand } = s3;
  const name = `.leyenda-probe-${hostname()}-${process.pid}-${randomBytes(4).toString("hex")}`;
  const probe = { Bucket: bucket, Key: key === "" ? name : `${key}/${name}` };
  const create = () =>
    client
      .send(new PutObjectCommand({ ...probe, Body: "probe", IfNoneMatch: "*" }))
      .then(() => true)
      .catch((error: unknown) => {
        // An answer that was lost, and its request sent again, looks the same; the second try then tells nothing new, and is refused.
        if (isStatus(error, 412)) return false;
        throw error;
      });
  await create();
  const createdAgain = await create();
  await client.send(new DeleteObjectCommand(probe));
  if (!createdAgain) return;
  throw new LeyendaError(
    "DATA_FOLDER",
    "the store ignores conditions: it created the same object twice with If-None-Match: *",
    {
      where: folder,
      expected: "a store that answers 412 then, as Amazon S3, Ceph RGW, MinIO and R2 do",
      hint: "use such a store, or a disk that all machines mount; two workers could otherwise overwrite each other's records",
    },
  );
}
