import { once } from "node:events";
import { PassThrough } from "node:stream";

import type { UnpublishedFile } from "../store.js";
import type { S3 } from "./open-s3.js";
import type { S3Path } from "./s3-path.js";

/** 10,000 parts at most, so files of up to 156 GB. */
const partBytes = 16 << 20;

/** Parts of a file that are on their way at a time. */
const partsInFlight = 2;

/**
 * An object that is being uploaded, in parts once it is large. It appears under its name, whole, when it is closed; an upload that was
 * given up is aborted, and one whose process died is left to the bucket's own rule for incomplete uploads.
 */
export class S3Upload implements UnpublishedFile {
  readonly #s3: S3;
  readonly #place: S3Path;
  readonly #name: string;
  readonly #body = new PassThrough({ highWaterMark: partBytes });
  readonly #done: Promise<unknown>;
  #written = 0;
  #abort: (() => Promise<void>) | undefined;
  #closed = false;

  constructor(s3: S3, place: S3Path, name: string) {
    this.#s3 = s3;
    this.#place = place;
    this.#name = name;
    this.#done = this.#upload();
    // Thrown by `write` and `close`.
    this.#done.catch(() => undefined);
  }

  async #upload(): Promise<void> {
    const { Upload } = await import("@aws-sdk/lib-storage");
    const upload = new Upload({
      client: this.#s3.client,
      params: { Bucket: this.#place.bucket, Key: this.#place.key, Body: this.#body },
      queueSize: partsInFlight,
      partSize: partBytes,
    });
    this.#abort = () => upload.abort();
    try {
      await upload.done();
    } catch (error) {
      // Whoever waits for room in the stream is not to wait for ever.
      this.#body.destroy(error as Error);
      throw error;
    }
  }

  get written(): number {
    return this.#written;
  }

  async write(chunks: readonly Uint8Array[]): Promise<void> {
    const bytes = Buffer.concat(chunks);
    if (bytes.length === 0) return;
    if (this.#body.destroyed) await this.#done;
    this.#written += bytes.length;
    if (!this.#body.write(bytes)) await once(this.#body, "drain");
  }

  flush(): void {
    // Parts are on their way as soon as they are full.
  }

  async close(): Promise<void> {
    this.#body.end();
    await this.#done;
    this.#closed = true;
  }

  publish(): Promise<string> {
    return Promise.resolve(this.#name);
  }

  /** One that is there already stays: another attempt may have written the same bytes under the same name, and counts on them. */
  async discard(): Promise<void> {
    if (this.#closed) return;
    await this.#abort?.();
    this.#body.destroy();
    await this.#done.catch(() => undefined);
  }
}
