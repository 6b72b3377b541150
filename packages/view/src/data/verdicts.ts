import type { ArrowFiles } from "../arrow/arrow-files.js";

/** What the selection said of the rows of a part, by their row in it; rows that were not clean have no entry. */
export async function readVerdicts(files: ArrowFiles, path: string): Promise<Map<number, string>> {
  return files.use(path, async (file) => {
    const verdicts = new Map<number, string>();
    for (const batch of file.index.batches) {
      const values = await file.columns(batch, ["row", "verdict"]);
      const [rows, names] = [values.get("row"), values.get("verdict")];
      for (let index = 0; index < batch.rows; index += 1)
        verdicts.set(Number(rows?.get(index)), String(names?.get(index)));
    }
    return verdicts;
  });
}
