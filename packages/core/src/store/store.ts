import type { Readable } from "node:stream";

/** A file that is open for positioned reads. */
export interface StoredFile {
  /** File descriptor, where the file lies on a disk of this machine. */
  readonly fd?: number;
  /** @returns bytes read: at most `length`, 0 at the end of the file */
  read(target: Uint8Array, offset: number, length: number, position: number): Promise<{ bytesRead: number }>;
  stat(): Promise<{ size: number }>;
  close(): Promise<void>;
}

export interface WriteOptions {
  /**
   * Whether a file on a disk is written by the calling thread: for one that has nothing else to do meanwhile, since no other thread has
   * to be woken, and to fetch from this one's cache what was just made there. @default false
   */
  blocking?: boolean;
}

/** A file that is being written and that nobody sees under its final name before it is `publish`ed. */
export interface UnpublishedFile {
  /** File descriptor, open for reading as well, where the file lies on a disk of this machine. */
  readonly fd?: number;
  /** Bytes that are in the file by now. */
  readonly written: number;
  /** Appends chunks, in the order of the calls. Their memory may be used again once it has come back. */
  write(chunks: readonly Uint8Array[], options?: WriteOptions): Promise<void>;
  /** Has what was written so far brought to where it lasts, while more is made; what fails is thrown by `close`. */
  flush(): void;
  /** Makes all of it durable. */
  close(): Promise<void>;
  /**
   * Gives a closed file its final name.
   *
   * @param sha256 of its content, in hex
   * @returns the name, within the folder that the file was created in
   */
  publish(sha256: string): Promise<string>;
  /** Gives the file up. */
  discard(): Promise<void>;
}

/** What a file is to be called. */
export interface FileName {
  /** While it is written, where a store needs such a name. Of this attempt alone. */
  temporary: string;
  /** @param tag tells apart what differs: the content's SHA-256 or, where that comes too late, as many random digits */
  final: (tag: string) => string;
}

export interface ListedFile {
  /** Path within the folder that was listed, with `/` between folders. */
  name: string;
  /** Bytes. */
  size: number;
}

/**
 * Where data lies: a disk, or an S3 bucket. Paths are those of the dataset's folders with names joined to them.
 *
 * What makes parts safe on any store is `createExclusive`: of all attempts at one record exactly one succeeds.
 */
export interface Store {
  /** Makes a folder, where a store has any, and finds out whether the store can be trusted with records. */
  prepare(folder: string): Promise<void>;
  /** Bytes of a file; null where there is none. */
  size(path: string): Promise<number | null>;
  /** Something that is another when a file has other content; null where there is none. */
  version(path: string): Promise<string | null>;
  /** A file's whole content; null where there is none. */
  read(path: string): Promise<Buffer | null>;
  /** A file from front to back. It fails with ENOENT where there is none. */
  stream(path: string): Readable;
  /**
   * @param sequential most reads go on where one before ended: worth reading ahead
   * @throws Error ENOENT where there is none
   */
  open(path: string, options?: { sequential?: boolean }): Promise<StoredFile>;
  /**
   * Names of what lies directly in a folder; none where there is no such folder.
   *
   * @param start only those that begin so
   */
  list(folder: string, start?: string): Promise<string[]>;
  /** All files in a folder and the folders in it; none where there is no such folder. */
  walk(folder: string): Promise<ListedFile[]>;
  create(folder: string, name: FileName): Promise<UnpublishedFile>;
  /** Makes durable that files were published in a folder, where that is not so by itself. */
  settle(folder: string): Promise<void>;
  /** Creates a small file unless it is there. @returns whether this call created it */
  createExclusive(path: string, content: string | Uint8Array): Promise<boolean>;
  /** Creates or replaces a small file: readers see the old content or the new, never a part of it. */
  replace(path: string, content: string | Uint8Array): Promise<void>;
  /** Removes a file, or a folder with all that is in it, if it is there. */
  remove(path: string): Promise<void>;
}
