import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { runStage, type StageContext } from "@leyenda/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { makeFakePipeline } from "../../test/fake-pipeline.js";
import { stage as arrange } from "../arrange-stage.js";
import { diffDatasets } from "../diff/diff-datasets.js";
import { exportStage } from "../export/export-stage.js";
import { stage as shards } from "../shards-stage.js";
import { verifyDataset } from "./verify-dataset.js";

let dataDir: string;
let context: StageContext;
beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "leyenda-verify-exports-"));
  context = await makeFakePipeline(dataDir, 43, 5);
  await runStage(arrange, context);
  await runStage(shards, context);
});
afterAll(() => rm(dataDir, { recursive: true, force: true }));

describe("verifyDataset of an export", () => {
  it.each([["parquet"], ["webdataset"], ["imagefolder"], ["hf-disk"]] as const)(
    "finds %s right by its own manifest, and to hold the dataset's rows",
    async (format) => {
      const exported = join(dataDir, format);
      await runStage(exportStage({ format }), { ...context, folders: { ...context.folders, exported } });
      const report = await verifyDataset(exported, { nearBits: 0 });
      expect(report.problems).toEqual([]);
      expect(report).toMatchObject({
        checksums: "manifest.json",
        rows: 48,
        splits: { train: 43, validation: 5 },
      });
      const diff = await diffDatasets(context.folders.dataset, exported);
      const { added, gone, pictureChanged, splitChanged, moved } = diff;
      expect([added, gone, pictureChanged, splitChanged, moved].map(({ rows }) => rows)).toEqual([
        0, 0, 0, 0, 0,
      ]);
    },
  );
});
