import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";

import {
  hashJson,
  isErrno,
  type PartContext,
  type PartPlan,
  type PartResult,
  requireManifest,
  type Stage,
  withProgress,
} from "@leyenda/core";

import { collectReport } from "./collect-report.js";
import { renderReport } from "./report/render-report.js";

/** The stage from a finished dataset to its report: `index.html` for people, `metrics.json` for programs. */
export const stage: Stage = {
  name: "eval",
  folder: "reports",
  module: import.meta.url,
  partsInFlight: 1,
  recordFolder: ".records",
  naming: (_part, role) => role,
  versions: () => ({ node: process.version }),
  options: async ({ config }) => ({
    "eval.samplePictures": config.eval.samplePictures,
    "eval.references": await hashOf(config.eval.references),
  }),
  plan: async ({ folders }) => {
    const dataset = await requireManifest(folders.dataset, "shards");
    const selected = await requireManifest(folders.selected, "clean");
    return {
      parts: [
        {
          name: "report",
          rows: dataset.rows,
          inputHash: hashJson([dataset.hash, selected.hash]),
          input: null,
        },
      ],
    };
  },
  run: (part, context) =>
    withProgress((counter) =>
      report(part, context, () => {
        counter.many("ok", part.rows, 0);
      }),
    ),
};

async function report(part: PartPlan, context: PartContext, done: () => void): Promise<PartResult> {
  const data = await collectReport(context);
  const page = await context.create("index.html");
  await page.write([Buffer.from(renderReport(data))]);
  const metrics = await context.create("metrics.json");
  await metrics.write([
    Buffer.from(`${JSON.stringify({ ...data, pictures: data.pictures.length }, null, 2)}\n`),
  ]);
  done();
  return { rows: part.rows, outcomes: { ok: part.rows } };
}

/** What stands in the file decides, not where it is; a missing file is reported when it is read. */
async function hashOf(path: string | null): Promise<string | null> {
  if (path === null) return null;
  try {
    return createHash("sha256")
      .update(await readFile(path))
      .digest("hex");
  } catch (error) {
    if (isErrno(error, "ENOENT")) return null;
    throw error;
  }
}
