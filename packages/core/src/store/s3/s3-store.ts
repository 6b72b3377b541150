import { randomBytes } from "node:crypto";
import { Readable } from "node:stream";

import type { FileName, ListedFile, Store, StoredFile, UnpublishedFile } from "../store.js";
import { isStatus } from "./is-status.js";
import { openS3, type S3 } from "./open-s3.js";
import { probeConditions } from "./probe-conditions.js";
import { readBlocks } from "./read-blocks.js";
import { readRange } from "./read-range.js";
import { S3File } from "./s3-file.js";
import { parseS3Path, type S3Path } from "./s3-path.js";
import { S3Upload } from "./s3-upload.js";

/** Keys that one request may delete. */
const keysOfDeletion = 1000;

/**
 * Buckets of S3 or of anything that speaks its protocol. Where and as whom is taken from the environment, as every program with
 * an AWS SDK does: `AWS_ENDPOINT_URL_S3`, `AWS_REGION`, `AWS_ACCESS_KEY_ID`, …
 *
 * Folders are prefixes of keys. An object is there whole or not at all, so nothing needs a temporary name.
 */
export class S3Store implements Store {
  #opening: Promise<S3> | undefined;
  /** By bucket. */
  readonly #probed = new Map<string, Promise<void>>();

  /** Buckets ignore conditions or do not; each is asked once. */
  prepare(folder: string): Promise<void> {
    const place = placeOf(folder);
    const probed =
      this.#probed.get(place.bucket) ?? this.#s3().then((s3) => probeConditions(s3, place, folder));
    this.#probed.set(place.bucket, probed);
    probed.catch(() => this.#probed.delete(place.bucket));
    return probed;
  }

  async size(path: string): Promise<number | null> {
    return (await this.#head(path))?.ContentLength ?? null;
  }

  async version(path: string): Promise<string | null> {
    return (await this.#head(path))?.ETag ?? null;
  }

  async read(path: string): Promise<Buffer | null> {
    return orNull(readRange(await this.#s3(), placeOf(path)));
  }

  stream(path: string): Readable {
    return Readable.from(
      readBlocks(() => this.open(path, { sequential: true })),
      { objectMode: false },
    );
  }

  async open(path: string, { sequential = false } = {}): Promise<StoredFile> {
    const size = await this.size(path);
    if (size === null) throw missing(path);
    return new S3File(await this.#s3(), placeOf(path), size, sequential);
  }

  async list(folder: string, start = ""): Promise<string[]> {
    const { bucket, key } = placeOf(folder);
    const names: string[] = [];
    for await (const page of this.#pages(bucket, `${prefixOf(key)}${start}`, "/")) {
      for (const { Key: found = "" } of page.Contents ?? []) names.push(found.slice(prefixOf(key).length));
      for (const { Prefix: found = "" } of page.CommonPrefixes ?? [])
        names.push(found.slice(prefixOf(key).length, -1));
    }
    return names;
  }

  async walk(folder: string): Promise<ListedFile[]> {
    const { bucket, key } = placeOf(folder);
    const files: ListedFile[] = [];
    for await (const page of this.#pages(bucket, prefixOf(key)))
      for (const { Key: found = "", Size: size = 0 } of page.Contents ?? [])
        files.push({ name: found.slice(prefixOf(key).length), size });
    return files;
  }

  /** An object cannot be renamed, so its final name is given to it at its start, with random digits for those of its hash. */
  async create(folder: string, name: FileName): Promise<UnpublishedFile> {
    const { bucket, key } = placeOf(folder);
    const final = name.final(randomBytes(32).toString("hex"));
    return new S3Upload(await this.#s3(), { bucket, key: `${prefixOf(key)}${final}` }, final);
  }

  /** A completed upload is durable. */
  settle(): Promise<void> {
    return Promise.resolve();
  }

  async createExclusive(path: string, content: string | Uint8Array): Promise<boolean> {
    await this.prepare(path);
    const { bucket, key } = placeOf(path);
    const s3 = await this.#s3();
    const body = Buffer.from(content);
    for (;;) {
      try {
        await s3.client.send(
          new s3.PutObjectCommand({ Bucket: bucket, Key: key, Body: body, IfNoneMatch: "*" }),
        );
        return true;
      } catch (error) {
        // Another request for the same key was under way, and may yet fail.
        if (isStatus(error, 409)) continue;
        if (!isStatus(error, 412)) throw error;
        // It may be this very content: a request that was answered too late, and was sent again.
        const there = await readRange(s3, { bucket, key });
        return there.equals(body);
      }
    }
  }

  async replace(path: string, content: string | Uint8Array): Promise<void> {
    const { bucket, key } = placeOf(path);
    const { client, PutObjectCommand } = await this.#s3();
    await client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: Buffer.from(content) }));
  }

  async remove(path: string): Promise<void> {
    const { bucket, key } = placeOf(path);
    const { client, DeleteObjectCommand, DeleteObjectsCommand } = await this.#s3();
    await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
    const inside = await this.walk(path);
    for (let at = 0; at < inside.length; at += keysOfDeletion) {
      const objects = inside.slice(at, at + keysOfDeletion);
      await client.send(
        new DeleteObjectsCommand({
          Bucket: bucket,
          Delete: { Objects: objects.map(({ name }) => ({ Key: prefixOf(key) + name })), Quiet: true },
        }),
      );
    }
  }

  async #head(path: string) {
    const { bucket, key } = placeOf(path);
    const { client, HeadObjectCommand } = await this.#s3();
    return orNull(client.send(new HeadObjectCommand({ Bucket: bucket, Key: key })));
  }

  async *#pages(bucket: string, prefix: string, delimiter?: string) {
    const { client, paginateListObjectsV2 } = await this.#s3();
    yield* paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: prefix, Delimiter: delimiter });
  }

  #s3(): Promise<S3> {
    return (this.#opening ??= openS3());
  }
}

function placeOf(path: string): S3Path {
  const place = parseS3Path(path);
  if (place === null) throw new Error(`no path in a bucket: ${path}`);
  return place;
}

function prefixOf(key: string): string {
  return key === "" ? "" : `${key}/`;
}

async function orNull<Value>(reading: Promise<Value>): Promise<Value | null> {
  try {
    return await reading;
  } catch (error) {
    if (isStatus(error, 404) && !isNoBucket(error)) return null;
    throw error;
  }
}

function isNoBucket(error: unknown): boolean {
  return error instanceof Error && error.name === "NoSuchBucket";
}

/** As a disk says it, so that callers need to know one kind of absence. */
function missing(path: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`ENOENT: there is no object ${path}`), { code: "ENOENT", path });
}
