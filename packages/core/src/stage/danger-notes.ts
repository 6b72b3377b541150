import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Rows that can be noted at a time. */
const slots = 64;
/** Row + 1, or 0 for a free slot (4 bytes); how often the slot was taken (4 bytes). */
const slotBytes = 8;

/** A row under way in another process, and which of that process's undertakings it is. */
export interface Noted {
  row: number;
  turn: number;
}

/** What a worker process notes about the rows it is at, for whoever outlives it. */
export interface DangerNotes {
  /** Of the open file, to be handed to the process. */
  fd: number;
  read: () => Noted[];
  clear: () => void;
  close: () => void;
}

/** Opens notes in a file that has no name any more, so that nothing is left of it whatever ends first. */
export function openDangerNotes(): DangerNotes {
  const folder = mkdtempSync(join(tmpdir(), "leyenda-notes-"));
  const fd = openSync(join(folder, "notes"), "w+");
  rmSync(folder, { recursive: true, force: true });
  return {
    fd,
    read: () => {
      const bytes = Buffer.alloc(slots * slotBytes);
      readSync(fd, bytes, 0, bytes.length, 0);
      return Array.from({ length: slots }, (_, slot) => ({
        row: bytes.readUInt32LE(slot * slotBytes) - 1,
        turn: bytes.readUInt32LE(slot * slotBytes + 4),
      })).filter(({ row }) => row >= 0);
    },
    clear: () => {
      writeSync(fd, Buffer.alloc(slots * slotBytes), 0, slots * slotBytes, 0);
    },
    close: () => {
      closeSync(fd);
    },
  };
}

/**
 * Notes a row before something is done to it that may end the process; what it returns takes the note back. A write to the
 * page cache outlives the process and costs microseconds.
 *
 * @param fd of the notes; null where nobody reads any
 */
export function noteDanger(fd: number | null): (row: number) => () => void {
  if (fd === null) return () => () => undefined;
  const free = Array.from({ length: slots }, (_, slot) => slot);
  const bytes = Buffer.alloc(slotBytes);
  let turns = 0;
  const write = (slot: number, row: number, turn: number): void => {
    bytes.writeUInt32LE(row + 1, 0);
    bytes.writeUInt32LE(turn, 4);
    writeSync(fd, bytes, 0, slotBytes, slot * slotBytes);
  };
  return (row) => {
    const slot = free.pop();
    if (slot === undefined) throw new Error(`more than ${slots} rows are noted at a time`);
    turns += 1;
    write(slot, row, turns);
    return () => {
      write(slot, -1, 0);
      free.push(slot);
    };
  };
}
