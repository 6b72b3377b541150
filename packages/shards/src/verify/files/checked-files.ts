import { pMapIterable } from "p-map";

import type { DataFile } from "../formats/dataset-format.js";
import type { FoundDataset } from "../formats/find-format.js";
import { checkFile, type CheckedFile } from "./check-file.js";
import { VerifyThreads } from "./verify-threads.js";

/** Checks the rows of files, so many at a time, each in a thread; with one at a time, here. They come in their order. */
export async function* checkedFiles(
  folder: string,
  files: readonly DataFile[],
  found: Pick<FoundDataset, "format" | "names">,
  workers: number,
): AsyncGenerator<{ file: DataFile; checked: CheckedFile }, void, undefined> {
  if (workers === 1 || files.length < 2) {
    for (const file of files) yield { file, checked: await checkFile(folder, file, found) };
    return;
  }
  const threads = new VerifyThreads({ folder, format: found.format.name, names: found.names });
  const checking = pMapIterable(files, async (file) => ({ file, checked: await threads.check(file) }), {
    concurrency: workers,
    // Files differ in size: one that takes long does not keep the other threads waiting.
    backpressure: 4 * workers,
  });
  try {
    yield* checking;
  } finally {
    await threads.close();
  }
}
