/** A caption, and the column or file that it stands in. */
export interface Caption {
  name: string;
  text: string | null;
}

/** What can be checked of a row, in whatever format it came. Null is what the row does not say. */
export interface DatasetRow {
  key: string | null;
  url: string | null;
  captions: readonly Caption[];
  /** The stored picture; null where there is none. */
  picture: Uint8Array | null;
  /** SHA-256 of the original file in hex. */
  sourceSha256: string | null;
  /** Whether no two rows may come of the same original: the dataset was made so. */
  isSourceUnique: boolean;
  /** Pixels. */
  width: number | null;
  height: number | null;
  /** Signs of a poor translation with commas between them. */
  flags: string;
  /** What the format itself finds wrong with the row. */
  problem: string | null;
}

export interface RowBatch {
  rows: DatasetRow[];
  /** `name: type` of every column; null where a format has no schema. */
  columns: readonly string[] | null;
  /** The `huggingface` metadata of an Arrow or Parquet schema. */
  features: string | null;
}

/** A file that holds rows. */
export interface DataFile {
  /** Path in the dataset's folder, with `/` between its parts. */
  name: string;
  split: string;
}

/** How a kind of dataset is found and read. A new format is a new file beside this one, and a line in `datasetFormats`. */
export interface DatasetFormat {
  name: string;
  /** @param names all files of the folder, with `/` between the parts of a path */
  find: (folder: string, names: readonly string[]) => Promise<DataFile[]> | DataFile[];
  /** Reads a file's rows in order, a batch in memory at a time. Throws where the file cannot be read on. */
  read: (
    folder: string,
    file: DataFile,
    names: readonly string[],
  ) => AsyncGenerator<RowBatch, void, undefined>;
  /** What is wrong with how a file ends, or null: formats without a footer end anywhere. */
  checkEnd: (path: string) => Promise<string | null>;
}
