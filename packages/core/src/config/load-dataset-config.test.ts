import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { loadDatasetConfig } from "./load-dataset-config.js";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "leyenda-config-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const minimal = {
  name: "tiny",
  source: { path: "list.tsv" },
  select: { train: 9, validation: 1 },
  translate: { model: "model" },
};

async function written(content: unknown): Promise<string> {
  const path = join(folder, "dataset.json");
  await writeFile(path, typeof content === "string" ? content : JSON.stringify(content));
  return path;
}

describe("loadDatasetConfig", () => {
  it("fills in the defaults and makes paths absolute", async () => {
    const config = await loadDatasetConfig(await written(minimal));
    expect(config.source.path).toBe(join(folder, "list.tsv"));
    expect(config.translate).toMatchObject({ model: join(folder, "model"), beams: 4, maxLength: 64 });
    expect(config.eval.references).toBeNull();
  });

  it("lays overrides over the file", async () => {
    const config = await loadDatasetConfig(await written(minimal), [
      { path: ["fetch", "concurrency"], value: 7, origin: "--fetch.concurrency" },
    ]);
    expect(config.fetch.concurrency).toBe(7);
  });

  it("names the file that is not there", async () => {
    await expect(loadDatasetConfig(join(folder, "no.json"))).rejects.toMatchObject({
      code: "CONFIG_MISSING",
      where: join(folder, "no.json"),
    });
  });

  it("names the line where the JSON ends", async () => {
    const path = await written('{\n  "name": "tiny",\n  "source": }\n');
    await expect(loadDatasetConfig(path)).rejects.toMatchObject({
      code: "CONFIG_INVALID",
      where: `${path}:3:13`,
    });
  });

  it("names every wrong option, what was expected and what came", async () => {
    const path = await written({
      ...minimal,
      fetch: { concurrency: "many" },
      select: { train: -1, validation: 1 },
    });
    await expect(loadDatasetConfig(path)).rejects.toThrow(
      /fetch\.concurrency: .*expected number.*"many"[\s\S]*select\.train: .*-1/,
    );
  });

  it("refuses an option it does not know", async () => {
    const path = await written({ ...minimal, clean: { colour: "red" } });
    await expect(loadDatasetConfig(path)).rejects.toThrow('clean: unknown option(s) "colour"');
  });

  it("names the flag when an override is wrong", async () => {
    const override = { path: ["fetch", "retries"], value: "x", origin: "--fetch.retries" };
    await expect(loadDatasetConfig(await written(minimal), [override])).rejects.toThrow("--fetch.retries");
  });

  it("refuses a number of rows that would end inside a part", async () => {
    const path = await written({ ...minimal, source: { path: "list.tsv", rowsPerPart: 100, maxRows: 150 } });
    await expect(loadDatasetConfig(path)).rejects.toThrow(/source\.maxRows: expected a multiple/);
  });
});
