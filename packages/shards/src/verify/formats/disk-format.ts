import { join, posix } from "node:path";

import { readJsonFile } from "@leyenda/core";
import { z } from "zod";

import { arrowFormat, readArrow } from "./arrow-format.js";
import type { DataFile, DatasetFormat } from "./dataset-format.js";

const stateSchema = z.object({
  _data_files: z.array(z.object({ filename: z.string() })),
  _split: z.string().nullish(),
});

/** What `save_to_disk` writes: `state.json` beside the Arrow files of each split. */
export const diskFormat: DatasetFormat = {
  name: "disk",
  find: async (folder, names) => {
    // A dataset of ours can be loaded from disk, too; its manifest says more.
    if (names.includes("manifest.json")) return [];
    const states = names.filter((name) => posix.basename(name) === "state.json");
    const files = await Promise.all(states.map((name) => filesOf(folder, name)));
    return files.flat();
  },
  read: (folder, { name }) => readArrow(join(folder, name)),
  checkEnd: arrowFormat.checkEnd,
};

async function filesOf(folder: string, state: string): Promise<DataFile[]> {
  const parsed = await readJsonFile(join(folder, state), stateSchema);
  const at = posix.dirname(state);
  return (parsed?._data_files ?? []).map(({ filename }) => ({
    name: posix.join(at, filename),
    split: parsed?._split ?? (at === "." ? "train" : posix.basename(at)),
  }));
}
