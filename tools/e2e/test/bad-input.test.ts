import { execFileSync } from "node:child_process";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { type FetchedRow, readManifest, readRows } from "@leyenda/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { makeSmallSample, runLeyenda, type SmallSample } from "../src/index.js";

let sample: SmallSample;

beforeAll(async () => {
  sample = await makeSmallSample({ rows: 60, rowsPerPart: 20, train: 10, validation: 2 });
});
afterAll(() => sample.close());

async function configWith(
  name: string,
  change: (config: Record<string, Record<string, unknown>>) => void,
): Promise<string> {
  const config = JSON.parse(await readFile(sample.config, "utf8")) as Record<string, Record<string, unknown>>;
  change(config);
  const path = join(sample.folder, `${name}.json`);
  await writeFile(path, JSON.stringify(config));
  return path;
}

function fetchInto(
  dataDir: string,
  config = sample.config,
  ...more: string[]
): ReturnType<typeof runLeyenda> {
  return runLeyenda(["fetch", config, "--data-dir", join(sample.folder, dataDir), "--workers", "1", ...more]);
}

describe("bad input", () => {
  it("a config that is not there is named", async () => {
    const { code, stderr } = await runLeyenda(["fetch", join(sample.folder, "nowhere.json")]);
    expect(code).toBe(1);
    expect(stderr).toContain("nowhere.json");
  });

  it("a dataset name that is unknown is refused with the names there are", async () => {
    const { code, stderr } = await runLeyenda(["fetch", "no-such-dataset"]);
    expect(code).not.toBe(0);
    expect(stderr).toContain("no-such-dataset");
  });

  it("a config that is no JSON is refused with file and line", async () => {
    const path = join(sample.folder, "broken.json");
    await writeFile(path, '{\n  "name": "x"\n  "source": 1 }');
    const { code, stderr } = await runLeyenda(["fetch", path]);
    expect(code).toBe(1);
    expect(stderr).toContain("broken.json:3:3");
  });

  it("a wrong option is named with what was expected", async () => {
    const path = await configWith("wrong", (config) => {
      config.fetch = { ...config.fetch, concurrency: 0 };
    });
    const { code, stderr } = await runLeyenda(["fetch", path]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/fetch\.concurrency/);
  });

  it("an unknown flag is a usage error", async () => {
    const { code, stderr } = await runLeyenda(["fetch", sample.config, "--fetch.concurency", "3"]);
    expect(code).toBe(2);
    expect(stderr).toContain("concurency");
  });

  it("a list that is not there is named", async () => {
    const path = await configWith("listless", (config) => {
      config.source = { ...config.source, path: "no-list.tsv" };
    });
    const { code, stderr } = await fetchInto("listless", path);
    expect(code).toBe(1);
    expect(stderr).toContain("no-list.tsv");
  });

  it("a model that is not there is named, and the stages before it keep their data", async () => {
    const path = await configWith("modelless", (config) => {
      config.translate = { ...config.translate, model: "no-model" };
    });
    const dataDir = join(sample.folder, "modelless");
    const { code, stderr } = await runLeyenda(["build", path, "--data-dir", dataDir, "--workers", "1"]);
    expect(code).toBe(1);
    expect(stderr).toContain("no-model");
    expect(await readManifest(join(dataDir, "small/selected"))).not.toBeNull();
  });

  it("lines that are no rows are counted and kept aside with their numbers", async () => {
    const lines = (await readFile(join(sample.folder, "urls.tsv"), "latin1")).split("\n").slice(0, 3);
    const list = Buffer.concat([
      Buffer.from(`${lines.join("\n")}\nno tab in this line\n`, "latin1"),
      Buffer.from([0xff, 0xfe, 0x09, 0x41, 0x0a]),
    ]);
    await writeFile(join(sample.folder, "bad-lines.tsv"), list);
    const path = await configWith("bad-lines", (config) => {
      config.source = { ...config.source, path: "bad-lines.tsv" };
    });
    const { code, stderr } = await fetchInto("bad-lines", path);
    expect(code, stderr).toBe(0);
    const folder = join(sample.folder, "bad-lines/small/fetched");
    expect(await readManifest(folder)).toMatchObject({ rows: 5, outcomes: { malformed_row: 2 } });
    const kept = (await readdir(folder)).find((name) => name.endsWith("bad-rows.jsonl")) ?? "";
    const entries = (await readFile(join(folder, kept), "utf8")).trim().split("\n");
    expect(entries.map((entry) => (JSON.parse(entry) as { line: number }).line)).toEqual([4, 5]);
  });

  it("too few good rows is an error that says how many are missing", async () => {
    const path = await configWith("greedy", (config) => {
      config.select = { ...config.select, train: 5000 };
    });
    const dataDir = join(sample.folder, "greedy");
    const { code, stderr } = await runLeyenda(["build", path, "--data-dir", dataDir, "--workers", "1"]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/missing/);
    expect(stderr).toMatch(/source\.maxRows|list/);
  });

  it("another config over existing data is refused, names the option, and changes nothing", async () => {
    expect((await fetchInto("changed")).code).toBe(0);
    const folder = join(sample.folder, "changed/small/fetched");
    const before = (await readdir(folder)).sort();
    const { code, stderr } = await fetchInto("changed", sample.config, "--fetch.maxBytes", "12345678");
    expect(code).toBe(1);
    expect(stderr).toMatch(/fetch\.maxBytes was 20000000, is now 12345678/);
    expect(stderr).toContain("--overwrite");
    expect((await readdir(folder)).sort()).toEqual(before);
  });

  it("a data folder that cannot be written is named", async () => {
    await writeFile(join(sample.folder, "a-file"), "");
    const { code, stderr } = await fetchInto("a-file");
    expect(code).toBe(1);
    expect(stderr).toContain("a-file");
    expect(stderr).toContain("DATA_DIR");
  });

  it.skipIf(!canMount())(
    "a full disk is said to be full, keeps what is done, and the next run goes on",
    async () => {
      const disk = join(sample.folder, "full");
      await mkdir(disk);
      execFileSync("mount", ["-t", "tmpfs", "-o", "size=300k", "tmpfs", disk]);
      try {
        const { code, stderr } = await fetchInto("full");
        expect(code).toBe(1);
        expect(stderr).toContain("disk is full");
        const left = await readdir(join(disk, "small/fetched"));
        expect(left.filter((name) => name.endsWith(".incomplete"))).toEqual([]);
        execFileSync("mount", ["-o", "remount,size=200m", disk]);
        const again = await fetchInto("full");
        expect(again.code, again.stderr).toBe(0);
        const rows = (await readdir(join(disk, "small/fetched")))
          .filter((name) => name.endsWith(".rows.arrow"))
          .sort();
        const lines = await Promise.all(
          rows.map((name) => readRows<FetchedRow>(join(disk, "small/fetched", name))),
        );
        expect(lines.flat().map((row) => row.line)).toEqual(
          Array.from({ length: 60 }, (_, index) => index + 1),
        );
      } finally {
        execFileSync("umount", [disk]);
        await rm(disk, { recursive: true });
      }
    },
  );
});

/** A small file system of one's own can be mounted by root only. */
function canMount(): boolean {
  return process.platform === "linux" && process.getuid?.() === 0;
}
