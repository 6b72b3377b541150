import { requireManifest } from "@leyenda/core";

import { readPart, slowStage } from "./listed.mjs";

const planFrom = ({ part, rows, hash, files }) => ({
  name: part,
  rows,
  inputHash: hash,
  input: files["rows.arrow"].name,
});

export const stage = slowStage(
  {
    name: "clean",
    folder: "clean",
    module: import.meta.url,
    plan: async ({ folders }) => ({
      parts: (await requireManifest(folders.fetched, "fetch")).parts.map(planFrom),
    }),
    planFrom,
  },
  async ({ input }, { folders }) => `clean ${await readPart(folders.fetched, input)}`,
);
