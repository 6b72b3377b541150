import { join } from "node:path";

import { sha256, writeFileAtomically } from "@leyenda/core";

import { shardFeatures } from "../../write/shard-schema.js";
import { writeShard } from "../../write/write-shard.js";
import { exportedSplit } from "../exported-name.js";
import type { ExportWriter } from "../export-format.js";

/** The layout that `datasets.load_from_disk` reads: a folder of Arrow streams for each split, and what it keeps beside them. */
export const hfDisk: ExportWriter = {
  write: async (batches, context, source) => {
    await writeShard(await context.create("data"), batches, source);
  },
  finish: async ({ exported: folder }, { parts }, { withExtra }) => {
    const splits = [...new Set(parts.map(({ part }) => exportedSplit(part)))];
    await writeJson(join(folder, "dataset_dict.json"), { splits });
    for (const split of splits) {
      const files = parts.flatMap(({ part, files: { data } }) =>
        data !== undefined && exportedSplit(part) === split ? [data] : [],
      );
      const info = {
        citation: "",
        description: "",
        features: shardFeatures(withExtra),
        homepage: "",
        license: "",
      };
      await writeJson(join(folder, split, "dataset_info.json"), info);
      await writeJson(join(folder, split, "state.json"), {
        _data_files: files.map(({ name }) => ({ filename: name.slice(split.length + 1) })),
        _fingerprint: sha256(files.map((file) => file.sha256).join("")).slice(0, 16),
        _format_columns: null,
        _format_kwargs: {},
        _format_type: null,
        _output_all_columns: false,
        _split: split,
      });
    }
  },
};

async function writeJson(path: string, value: object): Promise<void> {
  await writeFileAtomically(path, `${JSON.stringify(value, null, 2)}\n`);
}
