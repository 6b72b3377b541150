/** What a large picture needed is not kept. */
const mostKept = 16 << 20;

/**
 * Memory that is used again for the next picture, so that neither the kernel nor the garbage collector has to deal with it
 * each time: V8 counts what lies outside its heap, and collects the whole heap for it.
 */
class Scratch {
  readonly #free: Uint8Array[] = [];

  /** Does something with so many bytes, which nobody else has meanwhile and nobody may use later. Not cleared. */
  async lend<Result>(bytes: number, work: (memory: Buffer) => Promise<Result>): Promise<Result> {
    const kept = this.#free.pop();
    const memory = kept !== undefined && kept.byteLength >= bytes ? kept : new Uint8Array(bytes);
    try {
      return await work(Buffer.from(memory.buffer, 0, bytes));
    } finally {
      if (memory.byteLength <= mostKept) this.#free.push(memory);
    }
  }
}

/** Of this process. */
export const scratch = new Scratch();
