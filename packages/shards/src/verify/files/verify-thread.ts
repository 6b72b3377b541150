/** A thread that checks files of a dataset, one after the other as they are asked for. */
import { parentPort, workerData } from "node:worker_threads";

import type { DataFile } from "../formats/dataset-format.js";
import { datasetFormats } from "../formats/find-format.js";
import { checkFile, type CheckedFile } from "./check-file.js";

/** What the thread starts with. */
export interface VerifyThreadData {
  folder: string;
  format: string;
  names: string[];
}

/** Its answer to a file. */
export type FromVerifyThread = { checked: CheckedFile } | { error: unknown };

const { folder, format: name, names } = workerData as VerifyThreadData;
const format = datasetFormats.find((each) => each.name === name);

parentPort?.on("message", (file: DataFile) => {
  if (format === undefined) throw new Error(`there is no format "${name}"`);
  checkFile(folder, file, { format, names }).then(
    (checked) => {
      const { keys, sources, rowsThemselves, pictures, phashes, dhashes } = checked.marks;
      const columns = [
        keys,
        sources,
        rowsThemselves,
        pictures,
        phashes,
        dhashes,
      ].flat() as Uint32Array<ArrayBuffer>[];
      parentPort?.postMessage(
        { checked } satisfies FromVerifyThread,
        columns.map(({ buffer }) => buffer),
      );
    },
    (error: unknown) => {
      parentPort?.postMessage({ error } satisfies FromVerifyThread);
    },
  );
});
