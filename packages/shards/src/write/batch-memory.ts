import { batchesInFlight } from "./write-batches.js";

/**
 * Memory for the pictures of one batch at a time, used again once `writeBatches` does not need it any more: fresh memory costs more
 * than filling it.
 */
export class BatchMemory {
  readonly #pieces = Array.from({ length: batchesInFlight + 1 }, () => new Uint8Array(0));
  #turn = 0;

  /** @returns so many bytes, which hold anything */
  take(bytes: number): Uint8Array {
    const turn = this.#turn;
    this.#turn = (turn + 1) % this.#pieces.length;
    const piece = this.#pieces[turn];
    if (piece !== undefined && piece.byteLength >= bytes) return piece.subarray(0, bytes);
    const larger = new Uint8Array(Math.ceil(bytes * 1.25));
    this.#pieces[turn] = larger;
    return larger.subarray(0, bytes);
  }
}
