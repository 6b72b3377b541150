import { Socket } from "node:net";

/** As much as a socket mostly has ready; a larger one leaves the processor's cache before its bytes are copied on. */
const readBytes = 131_072;

/**
 * One for all sockets of the process: what is read is handed on, and copied where it is kept, before anything else is read.
 */
const shared = Buffer.allocUnsafeSlow(readBytes);

/**
 * A TCP socket whose reads make no garbage. Node allots 64 KiB for each read of an ordinary one; here a `readable` listener
 * that calls `read` at once, as undici's does, gets a view of memory that is used again for the next read. Bytes that nobody
 * takes in time are copied and wait like any stream's, so that every other use works as usual.
 */
export class LeanSocket extends Socket {
  #unread: Buffer | null = null;

  constructor() {
    super({
      onread: {
        buffer: shared,
        callback: (length: number) => this.#offer(shared.subarray(0, length)),
      },
    } as ConstructorParameters<typeof Socket>[0]);
  }

  override read(size?: number): unknown {
    // A number asks for so many bytes, and 0 only for reading to go on.
    return (size === undefined ? this.#take() : null) ?? (super.read(size) as unknown);
  }

  /** @returns whether to read on */
  #offer(bytes: Buffer): boolean {
    // What waits already comes first.
    if (this.readableLength === 0 && this.listenerCount("readable") > 0) {
      this.#unread = bytes;
      this.emit("readable");
      if (this.#take() === null) return true;
    }
    return this.push(Buffer.from(bytes));
  }

  #take(): Buffer | null {
    const unread = this.#unread;
    this.#unread = null;
    return unread;
  }
}
