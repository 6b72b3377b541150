import { freshMemory } from "@leyenda/core";

/** Memory for the columns of one batch, given out again for the next; see core's `TakeMemory`. */
export class BatchMemory {
  #room = freshMemory(0);
  /** Bytes that the batch has taken, whether there was room for them or not. */
  #taken = 0;

  /** Before the columns of each batch, once those of the last are written. */
  nextBatch(): void {
    if (this.#taken > this.#room.length) this.#room = freshMemory(Math.ceil(this.#taken * 1.25));
    this.#taken = 0;
  }

  readonly take = (bytes: number): Buffer => {
    const start = this.#taken;
    this.#taken += Math.ceil(bytes / 8) * 8;
    return this.#taken <= this.#room.length ? this.#room.subarray(start, start + bytes) : freshMemory(bytes);
  };
}
