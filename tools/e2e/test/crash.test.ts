import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { type FetchedRow, readRows } from "@leyenda/core";
import { generateRows } from "@leyenda/sample-web";
import { openShard } from "@leyenda/shards/read";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import {
  checkDataFolder,
  killGroup,
  makeSmallSample,
  rootHash,
  runLeyenda,
  type SmallSample,
  startLeyenda,
} from "../src/index.js";

/** Moments of the kills, as shares of an uninterrupted build's time; drawn anew in every run and printed on failure. */
const moments = Array.from({ length: 10 }, () => Math.random());

let sample: SmallSample;
let uninterrupted: { seconds: number; hash: string };

beforeAll(async () => {
  // Addresses that never answer are the most of a build's time: one retry for them will do.
  sample = await makeSmallSample({
    rows: 160,
    rowsPerPart: 40,
    train: 45,
    validation: 5,
    overrides: { fetch: { retries: 1 } },
  });
  // The first build also brings the recovering URLs of the web to their later state.
  await build("first");
  const started = performance.now();
  const run = await build("reference");
  expect(run.code, run.stderr).toBe(0);
  uninterrupted = {
    seconds: (performance.now() - started) / 1000,
    hash: await rootHash(join(sample.folder, "reference/small")),
  };
});
afterAll(() => sample.close());

function args(dataDir: string, workers = 2): string[] {
  return ["build", sample.config, "--data-dir", join(sample.folder, dataDir), "--workers", String(workers)];
}

function build(dataDir: string): ReturnType<typeof runLeyenda> {
  return runLeyenda(args(dataDir));
}

describe("a build that is killed", () => {
  it.each(moments.map((moment) => [moment]))(
    "comes to the same root hash when run again, with fewer workers (killed at %d of its time)",
    async (moment) => {
      const dataDir = `killed-${moment}`;
      const root = join(sample.folder, dataDir, "small");
      const { child, ended } = startLeyenda(args(dataDir));
      await Promise.race([sleep(moment * uninterrupted.seconds * 1000), ended]);
      if (child.exitCode === null) killGroup(child);
      await ended;
      expect(await checkDataFolder(join(sample.folder, dataDir)).catch(() => [])).toEqual([]);
      const rerun = await runLeyenda(args(dataDir, 1));
      expect(rerun.code, rerun.stderr).toBe(0);
      expect(await rootHash(root)).toBe(uninterrupted.hash);
      expect(await checkDataFolder(root)).toEqual([]);
      const left = await readdir(root, { recursive: true });
      expect(left.filter((name) => name.endsWith(".incomplete"))).toEqual([]);
      await rm(root, { recursive: true });
    },
  );
});

describe("a build with another number of workers", () => {
  it.each([[1], [4]])("comes to the same root hash with %d", async (workers) => {
    const dataDir = `workers-${workers}`;
    const run = await runLeyenda(args(dataDir, workers));
    expect(run.code, run.stderr).toBe(0);
    expect(await rootHash(join(sample.folder, dataDir, "small"))).toBe(uninterrupted.hash);
  });
});

describe("a build that is interrupted", () => {
  it("finishes the parts under way, exits with 130, and goes on the next time", async () => {
    const { child, ended } = startLeyenda(args("interrupted"));
    await sleep(uninterrupted.seconds * 300);
    child.kill("SIGINT");
    expect((await ended).code).toBe(130);
    const root = join(sample.folder, "interrupted/small");
    expect((await readdir(root, { recursive: true })).filter((name) => name.endsWith(".incomplete"))).toEqual(
      [],
    );
    const rerun = await build("interrupted");
    expect(rerun.code, rerun.stderr).toBe(0);
    expect(await rootHash(root)).toBe(uninterrupted.hash);
  });
});

describe("a build that is complete", () => {
  it("gives every row the outcome that the sample web wanted for it", async () => {
    const root = join(sample.folder, "reference/small");
    const outcomes = async (folder: string): Promise<string[]> => {
      const names = (await readdir(join(root, folder))).filter((name) => name.endsWith(".rows.arrow")).sort();
      const rows = await Promise.all(
        names.map((name) => readRows<FetchedRow, "outcome">(join(root, folder, name), ["outcome"])),
      );
      return rows.flat().map(({ outcome }) => outcome);
    };
    const [fetched, clean] = [await outcomes("fetched"), await outcomes("clean")];
    const came = generateRows()
      .slice(0, fetched.length)
      .map(({ line, behaviour }, index) => ({ line, behaviour, fetch: fetched[index], clean: clean[index] }));
    const wanted = generateRows()
      .slice(0, fetched.length)
      .map(({ line, behaviour, expected }) => ({ line, behaviour, ...expected }));
    expect(came).toEqual(wanted);
  });

  it("comes out the same when it is rebuilt from its downloads alone", async () => {
    const from = join(sample.folder, "reference/small");
    const folder = join(sample.folder, "rebuilt");
    const more = ["--data-dir", folder, "--workers", "1", "--json"];
    const rebuilt = ["rebuild", sample.config, "--from-fetched", from, ...more];
    const run = await runLeyenda(rebuilt);
    expect(run.code, run.stderr).toBe(0);
    const last = JSON.parse(run.stdout.trim().split("\n").at(-1) ?? "") as object;
    const { hash } = uninterrupted;
    expect(last).toEqual({ type: "rebuild", before: hash, after: hash, equal: true });
    const other = await runLeyenda([...rebuilt, "--select.seed", "another", "--overwrite"]);
    expect(other.code, other.stdout).toBe(1);
    expect(other.stdout).toContain('"equal":false');
  });

  it("comes out the same when rows were taken down and others took their places", async () => {
    const [taken, again] = [join(sample.folder, "taken"), join(sample.folder, "taken-again")];
    const from = ["rebuild", sample.config, "--workers", "1", "--from-fetched"];
    const first = await runLeyenda([...from, join(sample.folder, "reference/small"), "--data-dir", taken]);
    expect(first.code, first.stderr).toBe(0);
    const [shard = ""] = (await readdir(join(taken, "small/dataset"))).filter((name) =>
      name.endsWith(".arrow"),
    );
    const opened = await openShard(join(taken, "small/dataset", shard));
    const { key } = await opened.row(0);
    await opened.close();
    const takedown = ["takedown", sample.config, "--data-dir", taken, "--key", key, "--backfill", "--json"];
    const removed = await runLeyenda(takedown);
    expect(removed.code, removed.stderr).toBe(0);
    expect(JSON.parse(removed.stdout)).toMatchObject({ rows: 1, backfilled: 1 });
    const run = await runLeyenda([...from, join(taken, "small"), "--data-dir", again, "--json"]);
    expect(run.code, run.stderr).toBe(0);
    expect(run.stdout.trim().split("\n").at(-1)).toContain('"equal":true');
    expect(await rootHash(join(again, "small"))).not.toBe(uninterrupted.hash);
  });

  it("has nothing to do, changes no file, and verifies", async () => {
    const root = join(sample.folder, "reference/small");
    const before = await readdir(root, { recursive: true });
    const again = await build("reference");
    expect(again.code, again.stderr).toBe(0);
    expect((await readdir(root, { recursive: true })).sort()).toEqual(before.sort());
    const verify = await runLeyenda([
      "verify",
      sample.config,
      "--data-dir",
      join(sample.folder, "reference"),
    ]);
    expect(verify.code, verify.stdout + verify.stderr).toBe(0);
  });
});
