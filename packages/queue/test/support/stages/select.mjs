import { requireManifest } from "@leyenda/core";

import { readPart, slowStage } from "./listed.mjs";

/** The step that sees everything. */
export const stage = slowStage(
  {
    name: "select",
    folder: "selected",
    module: import.meta.url,
    plan: async ({ folders }) => {
      const { hash, rows, parts } = await requireManifest(folders.clean, "clean");
      const input = parts.map(({ files }) => files["rows.arrow"].name);
      return { parts: [{ name: "selection", rows, inputHash: hash, input }] };
    },
  },
  async ({ input }, { folders }) => {
    const texts = [];
    for (const name of input) texts.push(await readPart(folders.clean, name));
    return texts.join("\n");
  },
);
