import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { datasetJsonSchema } from "@leyenda/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { overridesOf } from "./options/config-flags.js";
import { runIn } from "../test/run-in.js";

const repository = fileURLToPath(new URL("../../..", import.meta.url));

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "leyenda-cli-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function run(...args: string[]): ReturnType<typeof runIn> {
  return runIn(repository, { DATA_DIR: folder }, args);
}

describe("leyenda model", () => {
  const checkpoint = join(repository, "tools/oracle/fixtures/marian-formats/ssru-bin-intgemm8");

  it("converts what it is given, and says what the result is, in words and as JSON", async () => {
    const to = join(folder, "model");
    const converted = await run("model", "convert", checkpoint, to, "--precision", "fp32", "--json");
    expect(converted.code).toBe(0);
    const described = await run("model", "info", to);
    expect(described.out).toMatch(/^decoder +2 layers \(SSRU\), 2 heads$/m);
    expect(described.out).toMatch(/^precision +fp32$/m);
    expect(JSON.parse((await run("model", "info", to, "--json")).out)).toEqual(JSON.parse(converted.out));
  });

  it("names what cannot be converted, described or pulled", async () => {
    expect((await run("model", "convert", folder, join(folder, "model"))).err).toMatch(/no weights/);
    expect((await run("model", "info", folder)).err).toMatch(/no converted model/);
    expect((await run("model", "pull", "opus-mt-en-es")).err).toMatch(/owner\/name/);
  });
});

describe("leyenda", () => {
  it("lists its verbs", async () => {
    const { code, out } = await run("--help");
    expect(code).toBe(0);
    for (const verb of [
      "fetch",
      "clean",
      "translate",
      "shards",
      "eval",
      "build",
      "verify",
      "diff",
      "rebuild",
      "takedown",
      "status",
      "model",
      "schema",
    ]) {
      expect(out).toMatch(new RegExp(`^ +${verb}\\b`, "m"));
    }
  });

  it("translate without a dataset, and without text on standard input, says what it takes", async () => {
    const { code, err } = await run("translate");
    expect(code).toBe(1);
    expect(err).toContain("leyenda translate < en.txt > es.txt");
  });

  it.each(["fetch", "clean", "translate", "shards", "eval", "build", "verify", "status"])(
    "%s --help names the dataset, the common options and those of the config",
    async (verb) => {
      const { code, out } = await run(verb, "--help");
      expect(code).toBe(0);
      for (const text of [
        verb === "translate" || verb === "eval" ? "[dataset]" : "<dataset>",
        "--data-dir",
        "--workers",
        "--json",
        "--fetch.concurrency <integer>",
        "--select.train",
      ]) {
        expect(out).toContain(text);
      }
    },
  );

  it.each([
    [
      ["fetch", "sample", "--fetch.concurency", "3"],
      /unknown option '--fetch.concurency'[\s\S]*--fetch.concurrency/,
    ],
    [["fecth", "sample"], /unknown command 'fecth'[\s\S]*fetch/],
    [["fetch"], /missing required argument 'dataset'/],
    [["fetch", "sample", "--workers", "0"], /whole number from 1/],
    [["model", "convert", "a", "b", "--precision", "int3"], /fp32, int8/],
  ])("%s is a usage error", async (args, message) => {
    const { code, err } = await run(...args);
    expect(code).toBe(2);
    expect(err).toMatch(message);
  });

  it("names the datasets there are when one is unknown", async () => {
    const { code, err } = await run("status", "nope");
    expect(code).toBe(1);
    expect(err).toMatch(/no dataset "nope"[\s\S]*sample/);
  });

  it("names the flag whose value is wrong", async () => {
    const { code, err } = await run("fetch", "sample", "--fetch.retries", "many");
    expect(code).toBe(1);
    expect(err).toMatch(/--fetch\.retries: .*expected number.*"many"/);
  });

  it("says errors as JSON too when asked to", async () => {
    const { out } = await run("fetch", "sample", "--fetch.retries", "many", "--json");
    expect(JSON.parse(out)).toMatchObject({ type: "error", code: "CONFIG_INVALID" });
  });

  it("tells the state of a dataset that was not begun", async () => {
    const { code, out } = await run("status", "sample");
    expect(code).toBe(0);
    expect(out).toMatch(/fetched +not begun/);
  });

  it("verify fails on a dataset that is not there", async () => {
    const { code, out } = await run("verify", "sample");
    expect(code).toBe(1);
    expect(out).toContain("not finished");
  });

  it("says which stage is to be run first", async () => {
    const { code, err } = await run("translate", "sample", "--workers", "1");
    expect(code).toBe(1);
    expect(err).toContain('run "leyenda clean" first');
  });

  it("plans a real run without doing anything", async () => {
    const { code, out } = await run("build", "cc12m-es", "--dry-run", "--workers", "8");
    expect(code).toBe(0);
    expect(out).toMatch(/2,500,000 wanted/);
    const rates = join(folder, "rates.json");
    await writeFile(rates, '{ "captionsPerCoreSecond": 100 }');
    const json = await run(
      "build",
      "cc12m-es",
      "--dry-run",
      "--json",
      "--workers",
      "1",
      "--source.maxRows",
      "1000000",
      "--rates",
      rates,
    );
    expect(JSON.parse(json.out)).toMatchObject({
      rows: 1_000_000,
      parts: 100,
      pictures: 623_000,
      seconds: { translate: 6_230 },
    });
  });

  it("refuses rates it does not know", async () => {
    const rates = join(folder, "rates.json");
    await writeFile(rates, '{ "speed": 100 }');
    const { code, err } = await run("build", "cc12m-es", "--dry-run", "--rates", rates);
    expect(code).toBe(1);
    expect(err).toMatch(/speed[\s\S]*captionsPerCoreSecond/);
  });

  it("prints the schema that the repository holds", async () => {
    const { out } = await run("schema");
    expect(JSON.parse(out)).toEqual(
      JSON.parse(await readFile(join(repository, "datasets/dataset.schema.json"), "utf8")),
    );
    expect(JSON.parse(out)).toEqual(JSON.parse(JSON.stringify(datasetJsonSchema())));
  });
});

describe("overridesOf", () => {
  it("turns flags into paths of the config", () => {
    expect(overridesOf({ "fetch.concurrency": 3, dataDir: "x" })).toEqual([
      { path: ["fetch", "concurrency"], value: 3, origin: "--fetch.concurrency" },
    ]);
  });
});
