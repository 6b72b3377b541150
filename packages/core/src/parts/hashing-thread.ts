/** A thread that hashes files while another writes them: it reads back, from the page cache, what it is told is in them. */
import { createHash, type Hash } from "node:crypto";
import { readSync } from "node:fs";
import { parentPort } from "node:worker_threads";

/** What the thread is told. File descriptors are the process's. */
export type ToHashingThread =
  | { type: "reach" | "digest"; file: number; fd: number; /** Bytes that are in the file. */ end: number }
  | { type: "drop"; file: number };

/** What it answers to `digest` and `drop`. */
export type FromHashingThread =
  | { type: "done"; file: number; /** In hex; empty for a file that was dropped. */ sha256: string }
  | { type: "failed"; file: number; error: Error };

interface HashedFile {
  hash: Hash;
  at: number;
  error: Error | null;
}

const files = new Map<number, HashedFile>();
const memory = Buffer.allocUnsafeSlow(1 << 20);

parentPort?.on("message", (message: ToHashingThread) => {
  const file = files.get(message.file) ?? { hash: createHash("sha256"), at: 0, error: null };
  files.set(message.file, file);
  if (message.type !== "drop") readTo(file, message.fd, message.end);
  if (message.type === "reach") return;
  files.delete(message.file);
  if (message.type === "drop") answer({ type: "done", file: message.file, sha256: "" });
  else if (file.error !== null) answer({ type: "failed", file: message.file, error: file.error });
  else answer({ type: "done", file: message.file, sha256: file.hash.digest("hex") });
});

function readTo(file: HashedFile, fd: number, end: number): void {
  try {
    while (file.error === null && file.at < end) {
      const bytes = readSync(fd, memory, 0, Math.min(memory.length, end - file.at), file.at);
      if (bytes === 0) throw new Error(`the file that is hashed ends at byte ${file.at}, before ${end}`);
      file.hash.update(memory.subarray(0, bytes));
      file.at += bytes;
    }
  } catch (error) {
    file.error = error as Error;
  }
}

function answer(message: FromHashingThread): void {
  parentPort?.postMessage(message);
}
