import type { FileHandle } from "node:fs/promises";

import { invalidModel } from "@leyenda/marian/decoder";

/** An array in a file of Flax's: where its numbers are, which themselves are not read. */
export interface ListedArray {
  /** Names of the modules from the outermost in, and the parameter's own. */
  path: readonly string[];
  /** NumPy's name, as `float32`. */
  type: string;
  shape: readonly number[];
  /** Of its first byte in the file. */
  offset: number;
  bytes: number;
}

/** Ext type of `flax.serialization` for arrays. */
const arrayType = 1;

/** Far deeper than any model, and shallow enough for the stack. */
const deepest = 64;

/** Names and shapes are short; a length above is a damaged file. */
const longestName = 4096;

/**
 * Lists the arrays of a `flax_model.msgpack`: nested maps whose leaves are arrays as `flax.serialization.msgpack_serialize` writes
 * them, an ext value with the MessagePack of (shape, type's name, bytes). The file is walked through once, its numbers skipped.
 *
 * @throws LeyendaError MODEL_INVALID naming the file and the place in it
 */
export async function listArrays(file: FileHandle, path: string): Promise<ListedArray[]> {
  const { size } = await file.stat();
  const reader = new Reader(file, size, path);
  const arrays: ListedArray[] = [];
  await walk([]);
  if (reader.at !== size) throw reader.invalid("bytes follow the end of the model");
  return arrays;

  async function walk(names: readonly string[]): Promise<void> {
    if (names.length > deepest) throw reader.invalid(`more than ${deepest} maps within each other`);
    const head = await reader.head();
    if (head.kind === "map") {
      for (let index = 0; index < head.count; index += 1) await walk([...names, await reader.text("a name")]);
      return;
    }
    if (head.kind !== "ext" || head.type !== arrayType)
      throw reader.invalid(`${names.join("/") || "the file"} is ${head.kind}, neither a map nor an array`);
    const end = reader.at + head.count;
    const parts = await reader.head();
    if (parts.kind !== "list" || parts.count !== 3) throw reader.invalid("an array is not of three parts");
    const dimensions = await reader.head();
    if (dimensions.kind !== "list" || dimensions.count > 32) throw reader.invalid("an array has no shape");
    const shape: number[] = [];
    while (shape.length < dimensions.count) shape.push(await reader.number());
    const type = await reader.text("a type");
    const numbers = await reader.head();
    if (numbers.kind !== "bytes" || reader.at + numbers.count !== end)
      throw reader.invalid("an array's numbers do not fill it");
    arrays.push({ path: names, type, shape, offset: reader.at, bytes: numbers.count });
    reader.skip(numbers.count);
  }
}

/** What stands before a value: its kind, and how much follows. */
type Head =
  | { kind: "map" | "list" | "text" | "bytes"; count: number }
  | { kind: "ext"; count: number; type: number }
  | { kind: "number"; count: number }
  | { kind: "nothing of a model's"; count: 0 };

/** Reads MessagePack's heads through a window of the file. */
class Reader {
  at = 0;
  readonly #file: FileHandle;
  readonly #size: number;
  readonly #path: string;
  readonly #window = Buffer.alloc(65_536);
  #start = 0;
  #filled = 0;

  constructor(file: FileHandle, size: number, path: string) {
    this.#file = file;
    this.#size = size;
    this.#path = path;
  }

  invalid(message: string): Error {
    return invalidModel(this.#path, message, `byte ${this.at}`);
  }

  skip(bytes: number): void {
    if (this.at + bytes > this.#size) throw this.invalid("the file is truncated");
    this.at += bytes;
  }

  async text(what: string): Promise<string> {
    const head = await this.head();
    if (head.kind !== "text" || head.count > longestName) throw this.invalid(`${what} is no text`);
    return (await this.#take(head.count)).toString("utf8");
  }

  async number(): Promise<number> {
    const head = await this.head();
    if (head.kind !== "number") throw this.invalid("a shape's side is no whole number");
    return head.count;
  }

  /** Formats by the first byte: https://github.com/msgpack/msgpack/blob/master/spec.md */
  async head(): Promise<Head> {
    const first = await this.#unsigned(1);
    if (first < 0x80) return { kind: "number", count: first };
    if (first < 0x90) return { kind: "map", count: first & 0x0f };
    if (first < 0xa0) return { kind: "list", count: first & 0x0f };
    if (first < 0xc0) return { kind: "text", count: first & 0x1f };
    const size = [1, 2, 4][(first - 0xc4) % 3] ?? 1;
    if (first >= 0xc4 && first <= 0xc6) return { kind: "bytes", count: await this.#unsigned(size) };
    if (first >= 0xc7 && first <= 0xc9)
      return { kind: "ext", count: await this.#unsigned(size), type: await this.#unsigned(1) };
    if (first >= 0xcc && first <= 0xcf)
      return { kind: "number", count: await this.#unsigned(1 << (first - 0xcc)) };
    if (first >= 0xd4 && first <= 0xd8)
      return { kind: "ext", count: 1 << (first - 0xd4), type: await this.#unsigned(1) };
    if (first >= 0xd9 && first <= 0xdb)
      return { kind: "text", count: await this.#unsigned(1 << (first - 0xd9)) };
    if (first === 0xdc || first === 0xdd)
      return { kind: "list", count: await this.#unsigned(first === 0xdc ? 2 : 4) };
    if (first === 0xde || first === 0xdf)
      return { kind: "map", count: await this.#unsigned(first === 0xde ? 2 : 4) };
    return { kind: "nothing of a model's", count: 0 };
  }

  async #unsigned(bytes: number): Promise<number> {
    const taken = await this.#take(bytes);
    if (bytes <= 4) return taken.readUIntBE(0, bytes);
    const value = Number(taken.readBigUInt64BE(0));
    if (!Number.isSafeInteger(value)) throw this.invalid("a number is too large");
    return value;
  }

  /** The next bytes, at most a window of them; they stand until the next call. */
  async #take(bytes: number): Promise<Buffer> {
    if (this.at + bytes > this.#size) throw this.invalid("the file is truncated");
    if (this.at < this.#start || this.at + bytes > this.#start + this.#filled) {
      this.#start = this.at;
      this.#filled = (await this.#file.read(this.#window, 0, this.#window.length, this.at)).bytesRead;
      if (this.#filled < bytes) throw this.invalid("the file is truncated");
    }
    const from = this.at - this.#start;
    this.at += bytes;
    return this.#window.subarray(from, from + bytes);
  }
}
