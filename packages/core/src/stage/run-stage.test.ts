import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { config, threePartStage } from "../../test/support/three-part-stage.js";
import { useDataFolder } from "../../test/support/use-data-folder.js";
import { runStage } from "./run-stage.js";
import type { Stage, StageEvent } from "./stage.js";

const data = useDataFolder();

/** A stage of three parts; `text` goes into every part's file. */
function fakeStage(
  overrides: Partial<Stage> & { text?: string; setting?: string; made?: string[] } = {},
): Stage {
  const { text = "data", setting = "a", made = [], ...rest } = overrides;
  return threePartStage({
    options: () => ({ "fetch.setting": setting }),
    async *run(part, { create }) {
      const file = await create("rows.arrow");
      await file.write([Buffer.from(`${part.name} ${text}`)]);
      yield { rows: 1, bytes: 1, outcomes: { ok: 1 } };
      made.push(part.name);
      return { rows: 2, outcomes: { ok: 1, dns: 1 } };
    },
    ...rest,
  });
}

describe("runStage", () => {
  it("makes every part, and a manifest whose counts add up", async () => {
    const run = await runStage(fakeStage(), { config, ...data });
    expect(run).toMatchObject({ complete: true, manifest: { rows: 6, outcomes: { ok: 3, dns: 3 } } });
    const names = await readdir(data.folders.fetched);
    expect(names.filter((name) => name.endsWith(".rows.arrow"))).toHaveLength(3);
    expect(names.filter((name) => name.includes("incomplete"))).toEqual([]);
  });

  it("does nothing at all when it is complete", async () => {
    await runStage(fakeStage(), { config, ...data });
    const events: StageEvent[] = [];
    const made: string[] = [];
    await runStage(fakeStage({ made }), { config, ...data, onEvent: (event) => events.push(event) });
    expect(made).toEqual([]);
    expect(events.map((event) => event.type)).toEqual(["done"]);
  });

  it("makes only the parts whose record is missing, and comes to the same manifest", async () => {
    const first = await runStage(fakeStage(), { config, ...data });
    await rm(join(data.folders.fetched, "part-00001.json"));
    await rm(join(data.folders.fetched, "manifest.json"));
    const made: string[] = [];
    const second = await runStage(fakeStage({ made }), { config, ...data });
    expect(made).toEqual(["part-00001"]);
    expect(second).toEqual(first);
  });

  it("keeps the parts that were done when one fails, and leaves nothing of the failed one", async () => {
    const failing = fakeStage({
      partsInFlight: 1,
      async *run(part, { create }) {
        const file = await create("rows.arrow");
        await file.write([Buffer.from(part.name)]);
        yield { rows: 0, bytes: 0, outcomes: {} };
        if (part.name === "part-00001") throw new Error("broken on purpose");
        return { rows: 2, outcomes: { ok: 2 } };
      },
    });
    await expect(runStage(failing, { config, ...data })).rejects.toThrow("broken on purpose");
    const names = await readdir(data.folders.fetched);
    expect(names).toContain("part-00000.json");
    expect(names.filter((name) => name.startsWith("part-00001"))).toEqual([]);
    expect(names).not.toContain("manifest.json");
  });

  it("refuses data made with other options, naming the option and both values", async () => {
    await runStage(fakeStage(), { config, ...data });
    await expect(runStage(fakeStage({ setting: "b" }), { config, ...data })).rejects.toMatchObject({
      code: "DATA_MISMATCH",
      message: expect.stringContaining('fetch.setting was "a", is now "b"') as string,
      hint: expect.stringContaining("--overwrite") as string,
    });
  });

  it("makes the differing parts anew with overwrite, and removes the data they had", async () => {
    await runStage(fakeStage(), { config, ...data });
    await runStage(fakeStage({ setting: "b", text: "new" }), { config, ...data, overwrite: true });
    const names = (await readdir(data.folders.fetched)).filter((name) => name.endsWith(".rows.arrow"));
    expect(names).toHaveLength(3);
    for (const name of names)
      expect(await readFile(join(data.folders.fetched, name), "utf8")).toMatch(/new$/);
  });

  it("refuses a part whose outcomes do not add up to its rows", async () => {
    const lossy = fakeStage({
      // eslint-disable-next-line @typescript-eslint/require-await -- the signature of a stage
      async *run() {
        return { rows: 2, outcomes: { ok: 1 } };
      },
    });
    await expect(runStage(lossy, { config, ...data })).rejects.toThrow("2 rows went in");
  });

  it("finishes the parts under way and starts no other when it is drained", async () => {
    const drain = new AbortController();
    const made: string[] = [];
    const stage = fakeStage({ made, partsInFlight: 1 });
    const run = await runStage(stage, {
      config,
      ...data,
      drain: drain.signal,
      onEvent: (event) => {
        if (event.type === "progress") drain.abort();
      },
    });
    expect(run).toEqual({ complete: false });
    expect(made).toEqual(["part-00000"]);
    expect(await runStage(fakeStage(), { config, ...data })).toMatchObject({ complete: true });
  });

  it("counts a lost race as success: the first record stands", async () => {
    const rival = fakeStage({ text: "rival" });
    const slow = fakeStage({
      text: "slow",
      async *run(part, context) {
        const step = fakeStage({ text: "slow" }).run(part, context);
        yield { rows: 0, bytes: 0, outcomes: {} };
        await runStage(rival, { config, ...data });
        let next = await step.next();
        while (next.done !== true) next = await step.next();
        return next.value;
      },
      partsInFlight: 1,
    });
    await runStage(slow, { config, ...data });
    const names = (await readdir(data.folders.fetched)).filter((name) => name.endsWith(".rows.arrow"));
    expect(names).toHaveLength(3);
    for (const name of names)
      expect(await readFile(join(data.folders.fetched, name), "utf8")).toMatch(/rival$/);
  });

  it("removes what a dead process left behind, and leaves the attempts of living ones", async () => {
    await runStage(fakeStage(), { config, ...data });
    await rm(join(data.folders.fetched, "manifest.json"));
    const { hostname } = await import("node:os");
    const dead = `part-00000.rows.arrow.${hostname()}-999999999-0123abcd.incomplete`;
    const alive = `part-00009.rows.arrow.${hostname()}-${process.pid}-0123abcd.incomplete`;
    await writeFile(join(data.folders.fetched, dead), "");
    await writeFile(join(data.folders.fetched, alive), "");
    await runStage(fakeStage(), { config, ...data });
    const names = await readdir(data.folders.fetched);
    expect(names).not.toContain(dead);
    expect(names).toContain(alive);
  });

  it("says what to do when the data folder cannot be written", async () => {
    await writeFile(data.folders.root, "a file where a folder should be");
    await expect(runStage(fakeStage(), { config, ...data })).rejects.toMatchObject({ code: "DATA_FOLDER" });
  });
});
