import { pathToFileURL } from "node:url";

import { isBucket, storeOf, type StoredFile } from "@leyenda/core";

/**
 * A file of the dataset as the hub's client takes it: on a disk by its address; elsewhere as a blob that is read when it is sent.
 *
 * @param size bytes
 */
export function fileContent(path: string, size: number): URL | Blob {
  return isBucket(path) ? new StoredBlob(path, 0, size) : pathToFileURL(path);
}

/** A range of a stored file. */
class StoredBlob extends Blob {
  readonly #path: string;
  readonly #start: number;
  readonly #end: number;

  declare readonly size: number;

  constructor(path: string, start: number, end: number) {
    super([]);
    // Declared as a property, though it is inherited as an accessor.
    Object.defineProperty(this, "size", { value: end - start });
    this.#path = path;
    this.#start = start;
    this.#end = end;
  }

  override slice(start = 0, end = this.size): Blob {
    const at = (offset: number): number =>
      this.#start + Math.min(this.size, Math.max(0, offset < 0 ? this.size + offset : offset));
    return new StoredBlob(this.#path, at(start), Math.max(at(start), at(end)));
  }

  override async arrayBuffer(): Promise<ArrayBuffer> {
    const bytes = new Uint8Array(this.size);
    let done = 0;
    for await (const chunk of this.#chunks()) {
      bytes.set(chunk, done);
      done += chunk.byteLength;
    }
    return bytes.buffer;
  }

  override async text(): Promise<string> {
    return new TextDecoder().decode(await this.arrayBuffer());
  }

  override stream(): ReadableStream<Uint8Array<ArrayBuffer>> {
    return ReadableStream.from(this.#chunks()) as ReadableStream<Uint8Array<ArrayBuffer>>;
  }

  async *#chunks(): AsyncGenerator<Uint8Array, void, undefined> {
    const file: StoredFile = await storeOf(this.#path).open(this.#path, { sequential: true });
    try {
      for (let position = this.#start; position < this.#end;) {
        const chunk = new Uint8Array(Math.min(1 << 20, this.#end - position));
        const { bytesRead } = await file.read(chunk, 0, chunk.length, position);
        if (bytesRead === 0) throw new Error(`${this.#path} ends before byte ${this.#end}`);
        position += bytesRead;
        yield chunk.subarray(0, bytesRead);
      }
    } finally {
      await file.close();
    }
  }
}
