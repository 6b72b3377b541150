import type { ExportFormat } from "../export/export-format.js";

/** In what form a folder holds the rows, as its card and its Croissant description tell. */
export interface Form {
  /** Glob of the files that a loader is given for a split. */
  files: (split: string) => string;
  /** Glob and MIME type of the files that Croissant names: those of the manifest. */
  includes: (split: string) => string;
  encodingFormat: string;
  /** Columns of the files where they are not the dataset's: more, fewer, or null where Croissant has no words for rows. */
  columns?: { without: readonly string[]; texts: readonly string[] } | null;
  /** Loads it in Python. */
  example: string;
  /** What is where. */
  layout: string;
}

const loadDataset = `from datasets import load_dataset
dataset = load_dataset("path/to/this/folder")
print(dataset["train"][0]["caption_es"], dataset["train"][0]["image"].size)`;

/** The finished dataset, and what it can be exported as. */
export const forms: Readonly<Record<"arrow" | ExportFormat, Form>> = {
  arrow: {
    files: (split) => `${split}-*.arrow`,
    includes: (split) => `${split}-*.arrow`,
    encodingFormat: "application/vnd.apache.arrow.stream",
    example: loadDataset,
    layout: "Arrow IPC streams; an `.index` beside each says where its record batches lie.",
  },
  parquet: {
    files: (split) => `${split}-*.parquet`,
    includes: (split) => `${split}-*.parquet`,
    encodingFormat: "application/x-parquet",
    example: loadDataset,
    layout: "Parquet files with a row group for every record batch.",
  },
  webdataset: {
    files: (split) => `${split}-*.tar`,
    includes: (split) => `${split}-*.tar`,
    encodingFormat: "application/x-tar",
    columns: null,
    example: `from datasets import load_dataset
dataset = load_dataset("path/to/this/folder")
print(dataset["train"][0]["txt"], dataset["train"][0]["jpg"].size)`,
    layout:
      "WebDataset tars: of each row the picture (`<key>.jpg`), the Spanish caption (`<key>.txt`) and the other columns (`<key>.json`).",
  },
  imagefolder: {
    files: (split) => `${split}/**`,
    includes: (split) => `${split}/*/metadata.jsonl`,
    encodingFormat: "application/jsonlines",
    columns: { without: ["image"], texts: ["file_name", "image_sha256"] },
    example: loadDataset,
    layout:
      "Picture files in folders, and in each a `metadata.jsonl` whose lines name them (`file_name`) with the other columns and the picture's SHA-256 (`image_sha256`).",
  },
  "hf-disk": {
    files: (split) => `${split}/data-*.arrow`,
    includes: (split) => `${split}/data-*.arrow`,
    encodingFormat: "application/vnd.apache.arrow.stream",
    example: `from datasets import load_from_disk
dataset = load_from_disk("path/to/this/folder")
print(dataset["train"][0]["caption_es"], dataset["train"][0]["image"].size)`,
    layout:
      "What `save_to_disk` writes and `load_from_disk` reads: Arrow IPC streams in a folder for each split.",
  },
};
