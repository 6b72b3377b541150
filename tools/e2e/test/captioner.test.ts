import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { afterAll, beforeAll, expect, it } from "vitest";

import { makeSmallSample, runLeyenda, type SmallSample } from "../src/index.js";

interface Scores {
  rows: number;
  failed: number;
  scores: Record<string, { score: number }>;
  shuffled: { scores: Record<string, number>; loss: { loss: number } };
  loss: { loss: number };
}

let sample: SmallSample;
beforeAll(async () => {
  sample = await makeSmallSample({ rows: 300, rowsPerPart: 100, train: 60, validation: 40, captioner: true });
});
afterAll(() => sample.close());

it("a build ends in the scores of its captioner, which are clearly worse when the pictures are shuffled", async () => {
  const data = ["--data-dir", sample.folder];
  const run = await runLeyenda(["build", sample.config, ...data]);
  expect(run.code, run.stderr).toBe(0);
  const reports = join(sample.folder, "small/reports");
  const { captioner } = JSON.parse(await readFile(join(reports, "metrics.json"), "utf8")) as {
    captioner: Scores;
  };
  const { scores, shuffled } = captioner;
  expect(captioner).toMatchObject({ rows: 40, failed: 0 });
  for (const order of [1, 2, 3, 4])
    expect(scores[`bleu_${order}`]?.score).toBeGreaterThan(1.2 * (shuffled.scores[`bleu_${order}`] ?? 0));
  expect(captioner.loss.loss).toBeLessThan(shuffled.loss.loss - 0.3);
  const lines = (await readFile(join(reports, "captions.jsonl"), "utf8")).trim().split("\n");
  expect(lines).toHaveLength(40);
  const [bleu] = [scores.bleu_1?.score ?? 0];
  const status = await runLeyenda(["status", sample.config, ...data]);
  expect(status.stdout).toContain(`captioner: BLEU-1 to 4 ${bleu.toFixed(4)}`);
});

it("leaves nothing of a captioner in the report of a build without one", async () => {
  const config = JSON.parse(await readFile(sample.config, "utf8")) as { eval: object };
  const without = sample.config.replace(/\.json$/, "-without.json");
  await writeFile(without, JSON.stringify({ ...config, eval: { ...config.eval, captioner: null } }));
  const run = await runLeyenda(["build", without, "--data-dir", sample.folder]);
  expect(run.code, run.stderr).toBe(0);
  const reports = join(sample.folder, "small/reports");
  expect(await readdir(reports)).not.toContain("captions.jsonl");
  expect(JSON.parse(await readFile(join(reports, "metrics.json"), "utf8"))).toMatchObject({
    captioner: null,
  });
});
