import type { Readable } from "node:stream";

/** A file of the list, wherever it lies. */
export type SourceFile = LocalFile | RemoteFile;

export interface LocalFile {
  kind: "local";
  /** Its path. */
  name: string;
  /** Changes whenever the content may have: size and time of change. */
  version: string;
}

export interface RemoteFile {
  kind: "remote";
  /** Its URL. */
  name: string;
  /** What a copy of it is called: the name without query. */
  fileName: string;
  /** Changes with the content; null when only the server's answer tells. */
  version: string | null;
  /**
   * Asks for the file.
   *
   * @param from bytes that are there already, of `version`; the answer may begin at 0 all the same
   */
  open(from: number, version: string | null): Promise<RemoteBody>;
}

export interface RemoteBody {
  /** Where the body begins in the file, bytes. */
  from: number;
  /** Bytes of the whole file, when known. */
  size: number | null;
  /** See `RemoteFile`; null when the server says nothing from which a change could be known. */
  version: string | null;
  body: Readable;
}
