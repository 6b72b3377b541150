import { createHash } from "node:crypto";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";

import { readCaptionModelInfo } from "@leyenda/caption-model";
import {
  hashJson,
  isErrno,
  type Json,
  type PartContext,
  type PartPlan,
  type PartResult,
  requireManifest,
  type RowCounter,
  type Stage,
  withProgress,
} from "@leyenda/core";

import type { CaptionEvaluation } from "./captions/evaluate-captions.js";
import { scoreSplit } from "./captions/score-split.js";
import { collectReport } from "./collect-report.js";
import type { ReportData } from "./report/report-data.js";
import { renderReport } from "./report/render-report.js";

/**
 * The stage from a finished dataset to its report: `index.html` for people, `metrics.json` for programs, and `captions.jsonl`, what the
 * caption model says of the validation split, where one is configured.
 */
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
    ...(config.eval.captioner === null
      ? {}
      : { "eval.captioner": (await readCaptionModelInfo(config.eval.captioner)).hash }),
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
  finish: async ({ folders }, { parts: [part] }): Promise<Record<string, Json>> => {
    if (part?.facts.captioner !== undefined) return { captioner: part.facts.captioner };
    // What an earlier report with a captioner has left: nobody is to take it for a part of this one.
    await rm(join(folders.reports, "captions.jsonl"), { force: true });
    return {};
  },
  run: (part, context) => withProgress((counter) => report(part, context, counter)),
};

async function report(part: PartPlan, context: PartContext, counter: RowCounter): Promise<PartResult> {
  const captions = await scoreSplit(context, () => {
    counter.row("ok", 0);
  });
  const data: ReportData = { ...(await collectReport(context)), captioner: captions?.evaluation ?? null };
  const page = await context.create("index.html");
  await page.write([Buffer.from(renderReport(data))]);
  const metrics = await context.create("metrics.json");
  await metrics.write([
    Buffer.from(`${JSON.stringify({ ...data, pictures: data.pictures.length }, null, 2)}\n`),
  ]);
  if (captions !== null) await (await context.create("captions.jsonl")).write([Buffer.from(captions.lines)]);
  counter.many("ok", part.rows - counter.rows, 0);
  return {
    rows: part.rows,
    outcomes: { ok: part.rows },
    ...(captions === null ? {} : { facts: { captioner: factsOf(captions.evaluation) } }),
  };
}

function factsOf({ scores, shuffled, loss }: CaptionEvaluation): Record<string, Json> {
  const orders = [1, 2, 3, 4].map((order) => `bleu_${order}`);
  return {
    bleu: orders.map((name) => scores[name]?.score ?? 0),
    bleuShuffled: orders.map((name) => shuffled?.scores[name] ?? 0),
    loss: loss?.loss ?? null,
    lossShuffled: shuffled?.loss?.loss ?? null,
  };
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
