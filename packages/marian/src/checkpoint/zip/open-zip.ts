import { open } from "node:fs/promises";
import { crc32 } from "node:zlib";

import { type Entry, fromRandomAccessReaderPromise, type ZipFile } from "yauzl";

import { BoundedFile } from "./bounded-file.js";

/** The entries of a zip file, read one at a time. */
export interface ZipReader {
  names: readonly string[];
  /** The content of an entry; what its sizes, its compression and its checksum promise is checked. @throws Error */
  read: (name: string) => Promise<Uint8Array>;
  close: () => void;
}

/** Weights hardly compress, so what claims to grow this much is no checkpoint. */
const maxGrowth = 20;
const growthAllowance = 16_000_000;
const readableMethods = new Set([0, 8]);

/**
 * Opens a zip file of weights (`.npz`, `pytorch_model.bin`): entries stored or deflated. Overlapping entries, entries that lie about
 * their size and files that would unpack to many times their size are refused.
 *
 * @throws Error what is wrong with the file
 */
export async function openZip(path: string): Promise<ZipReader> {
  const zip = await openFile(path);
  try {
    const entries = new Map<string, Entry>();
    for await (const entry of zip.eachEntry()) {
      if (entries.has(entry.fileName)) throw new Error(`entry ${entry.fileName} is there twice`);
      entries.set(entry.fileName, entry);
    }
    checkEntries([...entries.values()], zip.fileSize);
    const read = async (name: string): Promise<Uint8Array> => {
      const entry = entries.get(name);
      if (entry === undefined) throw new Error(`entry ${name} is missing`);
      const content = Buffer.allocUnsafe(entry.uncompressedSize);
      let filled = 0;
      for await (const chunk of await zip.openReadStreamPromise(entry)) {
        const bytes = chunk as Buffer;
        if (filled + bytes.length > content.length) throw new Error(`entry ${name} is longer than it says`);
        bytes.copy(content, filled);
        filled += bytes.length;
      }
      if (filled !== content.length) throw new Error(`entry ${name} is shorter than it says`);
      if (crc32(content) !== entry.crc32) throw new Error(`entry ${name} does not fit its checksum`);
      return content;
    };
    return {
      names: [...entries.keys()],
      read,
      close: () => {
        zip.close();
      },
    };
  } catch (error) {
    zip.close();
    throw error;
  }
}

async function openFile(path: string): Promise<ZipFile> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    return await fromRandomAccessReaderPromise(new BoundedFile(file, size), size, {
      autoClose: false,
      strictFileNames: true,
    });
  } catch (error) {
    // Closed already where yauzl gave it up itself.
    await file.close().catch(() => undefined);
    throw error;
  }
}

function checkEntries(entries: readonly Entry[], fileSize: number): void {
  let end = 0;
  let unpacked = 0;
  for (const entry of entries.toSorted(
    (a, b) => a.relativeOffsetOfLocalHeader - b.relativeOffsetOfLocalHeader,
  )) {
    const { fileName: name, relativeOffsetOfLocalHeader: start, compressedSize, compressionMethod } = entry;
    if (entry.isEncrypted()) throw new Error(`entry ${name} is encrypted`);
    if (!readableMethods.has(compressionMethod))
      throw new Error(
        `entry ${name} is compressed by method ${compressionMethod}; stored and deflated are read`,
      );
    if (start < end) throw new Error(`entry ${name} overlaps another`);
    end = start + localHeaderBytes + compressedSize;
    if (end > fileSize) throw new Error(`entry ${name} is truncated`);
    unpacked += entry.uncompressedSize;
  }
  if (unpacked > maxGrowth * fileSize + growthAllowance)
    throw new Error(
      `it would unpack to ${unpacked} bytes, ${Math.round(unpacked / fileSize)} times its size`,
    );
}

/** At least: name and extra fields follow. */
const localHeaderBytes = 30;
