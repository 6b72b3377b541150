import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import {
  readManifest,
  readRows,
  requireManifest,
  runStage,
  type StageContext,
  type TranslatedRow,
} from "@leyenda/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { makeFakePipeline } from "../test/fake-pipeline.js";
import { stage as arrange } from "./arrange-stage.js";
import { stage as shards } from "./shards-stage.js";
import { readRequest } from "./takedown/read-request.js";
import { takeDown } from "./takedown/take-down.js";
import { verifyDataset } from "./verify/verify-dataset.js";

const [train, validation] = [43, 5];
const expected = { train, validation };

let dataDir: string;
let context: StageContext;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "leyenda-quarantine-"));
  context = await makeFakePipeline(dataDir, train, validation);
  const { config } = context;
  const policy = { ...config.translate.policy, numbers: "quarantine" as const };
  context = { ...context, config: { ...config, translate: { ...config.translate, policy } } };
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

async function translatedRows(): Promise<TranslatedRow[]> {
  const { translated } = context.folders;
  const { parts } = await requireManifest(translated, "translate");
  const rows = parts.map(({ files }) =>
    readRows<TranslatedRow>(join(translated, files["rows.arrow"]?.name ?? "")),
  );
  return (await Promise.all(rows)).flat();
}

describe("a policy of quarantine", () => {
  it("leaves rows with such a flag out of the dataset, and counts them", async () => {
    const flagged = (await translatedRows()).filter(({ flags }) => flags.split(",").includes("numbers"));
    expect(flagged.length).toBeGreaterThan(1);
    await runStage(arrange, context);
    await runStage(shards, context);
    const report = await verifyDataset(context.folders.dataset, { expected });
    expect(report.problems).toEqual([]);
    expect(report.rows).toBe(train + validation - flagged.length);
    const { parts, outcomes } = await requireManifest(context.folders.arranged, "shards");
    expect(outcomes).toEqual({ ok: train + validation - flagged.length, excluded: flagged.length });
    const count = (split: string): number => flagged.filter((row) => row.split === split).length;
    const quarantined = { train: count("train"), validation: count("validation") };
    expect(parts[0]?.facts).toMatchObject({ quarantined, takenDown: { train: 0, validation: 0 } });
    expect((await readManifest(context.folders.dataset))?.summary).toMatchObject({
      quarantined,
      splits: { train: { rows: train - quarantined.train } },
    });
    const card = await readFile(join(context.folders.dataset, "README.md"), "utf8");
    expect(card).toContain(`| not quarantined | ${train + validation - flagged.length} |`);
  });

  it("counts a row once that is also taken down", async () => {
    await runStage(arrange, context);
    await runStage(shards, context);
    const rows = await translatedRows();
    const isFlagged = ({ flags }: TranslatedRow): boolean => flags.includes("numbers");
    const keys = [rows.find(isFlagged), rows.find((row) => !isFlagged(row))].map((row) => row?.key ?? "");
    await takeDown({ ...context, entries: await readRequest({ key: keys }), dryRun: false, at: new Date(0) });
    const report = await verifyDataset(context.folders.dataset, { expected });
    expect(report.problems).toEqual([]);
    expect(report.rows).toBe(train + validation - rows.filter(isFlagged).length - 1);
  });
});
