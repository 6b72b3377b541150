import { mkdir, readdir, readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { config, threePartStage } from "../../test/support/three-part-stage.js";
import { useDataFolder } from "../../test/support/use-data-folder.js";
import { readManifest } from "../parts/manifest.js";
import { reviseStage, type StageRevision } from "./revise-stage.js";
import { runStage } from "./run-stage.js";
import type { Stage, StageEvent } from "./stage.js";

const data = useDataFolder();

/** Parts 0 and 2 have a row that failed; a revision mends it, unless it `fails`. */
function fakeStage({ revised = [], fails = [] }: { revised?: string[]; fails?: string[] } = {}): Stage {
  return threePartStage({
    partsInFlight: 1,
    async *run(part, { create }) {
      await (await create("rows.arrow")).write([Buffer.from(`rows of ${part.name}`)]);
      await (await create("images.arrow")).write([Buffer.from(`images of ${part.name}`)]);
      yield { rows: 2, bytes: 1, outcomes: {} };
      return { rows: 2, outcomes: part.name === "part-00001" ? { ok: 2 } : { ok: 1, dns: 1 } };
    },
    async *revise(part, { create }, base) {
      revised.push(part.name);
      await (await create(`images.r${base.revision + 1}.arrow`)).write([Buffer.from("mended")]);
      await (await create("rows.arrow")).write([Buffer.from(`rows of ${part.name}, mended`)]);
      yield { rows: 1, bytes: 1, outcomes: { ok: 1 } };
      if (fails.includes(part.name)) throw new Error("broken on purpose");
      return { rows: 2, outcomes: { ok: 2 } };
    },
  });
}

function retry(
  stage: Stage,
  onEvent?: (event: StageEvent) => void,
  drain?: AbortSignal,
): Promise<StageRevision> {
  return reviseStage(stage, {
    config,
    ...data,
    request: { kind: "retry" },
    rowsOf: ({ outcomes }) => outcomes.dns ?? 0,
    ...(onEvent === undefined ? {} : { onEvent }),
    ...(drain === undefined ? {} : { drain }),
  });
}

/** Name, inode and time of change of every file. */
async function files(): Promise<Map<string, string>> {
  const names = await readdir(data.folders.fetched);
  return new Map(
    await Promise.all(
      names.map(async (name) => {
        const { ino, mtimeMs, size } = await stat(join(data.folders.fetched, name));
        return [name, `${ino} ${mtimeMs} ${size}`] as const;
      }),
    ),
  );
}

describe("reviseStage", () => {
  it("adds data and a record to the parts in question, and touches no file that was there", async () => {
    await runStage(fakeStage(), { config, ...data });
    const before = await files();
    const revision = await retry(fakeStage());
    expect(revision).toMatchObject({
      complete: true,
      before: { ok: 4, dns: 2 },
      after: { ok: 6 },
      changed: ["part-00000", "part-00002"],
    });
    const after = await files();
    for (const [name, state] of before)
      if (name !== "manifest.json") expect(after.get(name), name).toBe(state);
    const added = [...after.keys()]
      .filter((name) => !before.has(name))
      .map((name) => name.replace(/\.[0-9a-f]{12}/, ""));
    expect(added.sort()).toEqual([
      "part-00000.images.r1.arrow",
      "part-00000.r1.json",
      "part-00000.rows.arrow",
      "part-00002.images.r1.arrow",
      "part-00002.r1.json",
      "part-00002.rows.arrow",
    ]);
    const record = JSON.parse(await readFile(join(data.folders.fetched, "part-00000.r1.json"), "utf8")) as {
      files: object;
    };
    expect(Object.keys(record.files).sort()).toEqual(["images.arrow", "images.r1.arrow", "rows.arrow"]);
  });

  it("changes what the next stage sees of those parts, and of no other", async () => {
    await runStage(fakeStage(), { config, ...data });
    const before = await readManifest(data.folders.fetched);
    await retry(fakeStage());
    const after = await readManifest(data.folders.fetched);
    const same = before?.parts.map(({ hash }, index) => hash === after?.parts[index]?.hash);
    expect(same).toEqual([false, true, false]);
    expect(after).toMatchObject({ rows: 6, outcomes: { ok: 6 } });
  });

  it("leaves a stage that the ordinary run takes for complete, manifest or not", async () => {
    await runStage(fakeStage(), { config, ...data });
    await retry(fakeStage());
    const manifest = await readManifest(data.folders.fetched);
    await rm(join(data.folders.fetched, "manifest.json"));
    expect(await runStage(fakeStage(), { config, ...data })).toEqual({ complete: true, manifest });
  });

  it("finds nothing to do a second time", async () => {
    await runStage(fakeStage(), { config, ...data });
    await retry(fakeStage());
    const before = await files();
    const revised: string[] = [];
    expect((await retry(fakeStage({ revised }))).changed).toEqual([]);
    expect(revised).toEqual([]);
    const after = await files();
    expect([...after.keys()].sort()).toEqual([...before.keys()].sort());
  });

  it("leaves a part whole and as it was when its revision fails, and goes on there", async () => {
    await runStage(fakeStage(), { config, ...data });
    const names = [...(await files()).keys()].filter((name) => name.startsWith("part-00002"));
    await expect(retry(fakeStage({ fails: ["part-00002"] }))).rejects.toThrow("broken on purpose");
    const after = [...(await files()).keys()].filter((name) => name.startsWith("part-00002"));
    expect(after.sort()).toEqual(names.sort());
    const revised: string[] = [];
    await retry(fakeStage({ revised }));
    expect(revised).toEqual(["part-00002"]);
  });

  it("goes on after an interruption with the parts that were not asked for yet, also where nothing had changed", async () => {
    await runStage(fakeStage(), { config, ...data });
    const revised: string[] = [];
    const vain: Stage = {
      ...fakeStage(),
      // eslint-disable-next-line @typescript-eslint/require-await -- the signature of a stage
      async *revise(part) {
        revised.push(part.name);
        yield { rows: 1, bytes: 0, outcomes: { dns: 1 } };
        return null;
      },
    };
    const drain = new AbortController();
    const first = await retry(
      vain,
      (event) => {
        if (event.type === "part") drain.abort();
      },
      drain.signal,
    );
    expect(first).toMatchObject({ complete: false, changed: [] });
    expect(await retry(vain)).toMatchObject({ complete: true, after: { ok: 4, dns: 2 } });
    expect(revised).toEqual(["part-00000", "part-00002"]);
    // The pass is over: the next one asks for all of them again.
    await retry(vain);
    expect(revised).toHaveLength(4);
  });

  it("keeps the first of two revisions that race", async () => {
    await runStage(fakeStage(), { config, ...data });
    const slow: Stage = {
      ...fakeStage(),
      async *revise(...args) {
        const steps = fakeStage().revise?.(...args);
        yield { rows: 0, bytes: 0, outcomes: {} };
        await retry(fakeStage());
        let next = await steps?.next();
        while (next !== undefined && next.done !== true) next = await steps?.next();
        return next?.value ?? null;
      },
    };
    expect((await retry(slow)).after).toEqual({ ok: 6 });
    expect([...(await files()).keys()].filter((name) => /\.r\d+\.json$/.test(name))).toHaveLength(2);
  });

  it("is put aside, all revisions of it, when a part is made anew", async () => {
    await runStage(fakeStage(), { config, ...data });
    await retry(fakeStage());
    const other: Stage = { ...fakeStage(), options: () => ({ "fetch.setting": "b" }) };
    await expect(runStage(other, { config, ...data })).rejects.toMatchObject({
      code: "DATA_MISMATCH",
      message: expect.stringContaining("3 part(s) here (part-00000, part-00001, part-00002)") as string,
    });
    await runStage(other, { config, ...data, overwrite: true });
    expect([...(await files()).keys()].filter((name) => name.includes(".r1."))).toEqual([]);
  });

  it("keeps the data of the last two states of a part, and none of those before", async () => {
    await runStage(fakeStage(), { config, ...data });
    const inRound = (round: number): Stage => ({
      ...fakeStage(),
      async *revise(_part, { create }, base) {
        await (await create(`images.r${base.revision + 1}.arrow`)).write([Buffer.from(`images ${round}`)]);
        await (await create("rows.arrow")).write([Buffer.from(`rows ${round}`)]);
        yield { rows: 1, bytes: 1, outcomes: { dns: 1 } };
        return { rows: 2, outcomes: { ok: 1, dns: 1 } };
      },
    });
    const stored = async (): Promise<string[]> => {
      const names = [...(await files()).keys()].filter((name) => name.startsWith("part-00000"));
      const rows = names.filter((name) => name.endsWith(".rows.arrow"));
      const texts = rows.map((name) => readFile(join(data.folders.fetched, name), "utf8"));
      return [
        ...names
          .filter((name) => !name.endsWith(".rows.arrow"))
          .map((name) => name.replace(/\.[0-9a-f]{12}/, "")),
        ...(await Promise.all(texts)),
      ].sort();
    };
    await retry(inRound(1));
    expect(await stored()).toEqual([
      "part-00000.images.arrow",
      "part-00000.images.r1.arrow",
      "part-00000.json",
      "part-00000.r1.json",
      "rows 1",
      "rows of part-00000",
    ]);
    await retry(inRound(2));
    await retry(inRound(3));
    // Every file with bodies stays: the rows point into all of them.
    expect(await stored()).toEqual([
      "part-00000.images.arrow",
      "part-00000.images.r1.arrow",
      "part-00000.images.r2.arrow",
      "part-00000.images.r3.arrow",
      "part-00000.r2.json",
      "part-00000.r3.json",
      "rows 2",
      "rows 3",
    ]);
    expect(await runStage(fakeStage(), { config, ...data })).toMatchObject({ complete: true });
    const other: Stage = { ...fakeStage(), options: () => ({ "fetch.setting": "b" }) };
    await runStage(other, { config, ...data, overwrite: true });
    expect(await stored()).toEqual(["part-00000.images.arrow", "part-00000.json", "rows of part-00000"]);
  });

  it("says that there is nothing yet", async () => {
    await mkdir(data.folders.fetched, { recursive: true });
    await expect(retry(fakeStage())).rejects.toMatchObject({ code: "DATA_MISSING" });
  });
});
