import { LeyendaError, storeOf } from "@leyenda/core";

import { arrowFormat } from "./arrow-format.js";
import type { DataFile, DatasetFormat } from "./dataset-format.js";
import { diskFormat } from "./disk-format.js";
import { imageFolderFormat } from "./image-folder-format.js";
import { parquetFormat } from "./parquet-format.js";
import { webdatasetFormat } from "./webdataset-format.js";

/** In the order in which they are looked for: what `save_to_disk` writes is Arrow, too. */
export const datasetFormats = [
  diskFormat,
  arrowFormat,
  parquetFormat,
  webdatasetFormat,
  imageFolderFormat,
] as const;

export interface FoundDataset {
  format: DatasetFormat;
  files: DataFile[];
  /** All files of the folder, with `/` between the parts of a path. */
  names: string[];
}

/**
 * Finds out what kind of dataset a folder holds, and its files in order.
 *
 * @param wanted a format's name, or `auto`
 * @throws LeyendaError DATA_MISSING for a folder that is not there or holds nothing of that kind, USAGE for an unknown or
 *   ambiguous format
 */
export async function findFormat(folder: string, wanted: string): Promise<FoundDataset> {
  const known = datasetFormats.map(({ name }) => name).join(", ");
  const formats = datasetFormats.filter(({ name }) => wanted === "auto" || name === wanted);
  if (formats.length === 0)
    throw new LeyendaError("USAGE", `there is no format "${wanted}"`, {
      where: "--format",
      expected: `auto, ${known}`,
    });
  const names = await listFiles(folder);
  const found: FoundDataset[] = [];
  for (const format of formats) {
    const files = await format.find(folder, names);
    // The files of another kind were found as its own already.
    if (files.length > 0 && !(format === arrowFormat && found.length > 0))
      found.push({ format, files, names });
  }
  const [first, second] = found;
  if (first === undefined)
    throw new LeyendaError("DATA_MISSING", "there is no dataset in this folder", {
      where: folder,
      expected: `files of ${wanted === "auto" ? `one of the formats ${known}` : `the format ${wanted}`}`,
    });
  if (second !== undefined)
    throw new LeyendaError("USAGE", `the folder holds ${first.format.name} and ${second.format.name} files`, {
      where: folder,
      hint: `say which with --format ${first.format.name} or --format ${second.format.name}`,
    });
  first.files.sort((a, b) => (a.name < b.name ? -1 : 1));
  return first;
}

async function listFiles(folder: string): Promise<string[]> {
  const files = await storeOf(folder).walk(folder);
  return (
    files
      .map(({ name }) => name)
      // Records and caches lie in hidden folders.
      .filter((name) => !/(^|\/)\./.test(name))
      .sort()
  );
}
