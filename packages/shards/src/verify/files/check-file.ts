import { isErrno } from "@leyenda/core";

import { FileChecks, type RowMarks } from "../checks/file-checks.js";
import type { DataFile, RowBatch } from "../formats/dataset-format.js";
import type { FoundDataset } from "../formats/find-format.js";
import { type FoundProblems, ProblemList } from "../problem-list.js";

/** What reading a file came to, as plain data: it may come from another thread. */
export interface CheckedFile {
  marks: RowMarks;
  /** What its first batch says of the columns; null for a file without a batch. */
  schema: (Pick<RowBatch, "columns" | "features"> & { hasCaptions: boolean }) | null;
  /** Of the rows, in their order. */
  found: FoundProblems;
}

/** Reads a file and checks its rows one by one. @throws Error when the machine, not the file, is what fails */
export async function checkFile(
  folder: string,
  file: DataFile,
  { format, names }: Pick<FoundDataset, "format" | "names">,
): Promise<CheckedFile> {
  const list = new ProblemList();
  const checks = new FileChecks(file.name, list.say);
  let schema: CheckedFile["schema"] = null;
  try {
    for await (const { rows, columns, features } of format.read(folder, file, names)) {
      schema ??= { columns, features, hasCaptions: rows[0]?.captions.length !== 0 };
      await checks.check(rows);
    }
  } catch (error) {
    if (isErrno(error, "EMFILE", "EACCES", "EIO")) throw error;
    list.say("files", file.name, `cannot be read after row ${checks.rows}: ${(error as Error).message}`);
  }
  const { problems, counts, errors, warnings } = list;
  return { marks: checks.take(), schema, found: { problems, counts, errors, warnings } };
}
