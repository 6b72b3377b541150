import { freshMemory, type TakeMemory } from "@leyenda/core";

interface Room {
  memory: Buffer;
  /** Bytes that its batch has taken, whether there was room for them or not. */
  taken: number;
}

/** Memory for the columns of some batches at a time, given out again for those that follow; see core's `TakeMemory`. */
export class BatchMemory {
  /** The one that waits longest comes first. */
  readonly #rooms: Room[];

  /** @param batches that are in hand at a time: those that are laid out, and the one that is written */
  constructor(batches: number) {
    this.#rooms = Array.from({ length: batches }, emptyRoom);
  }

  /** @returns gives memory for the columns of one more batch; the first of those in hand has been written */
  nextBatch(): TakeMemory {
    const room = this.#rooms.shift() ?? emptyRoom();
    this.#rooms.push(room);
    if (room.taken > room.memory.length) room.memory = freshMemory(Math.ceil(room.taken * 1.25));
    room.taken = 0;
    return (bytes) => {
      const start = room.taken;
      room.taken += Math.ceil(bytes / 8) * 8;
      return room.taken <= room.memory.length
        ? room.memory.subarray(start, start + bytes)
        : freshMemory(bytes);
    };
  }
}

function emptyRoom(): Room {
  return { memory: freshMemory(0), taken: 0 };
}
