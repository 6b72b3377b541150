import { rm } from "node:fs/promises";
import { join } from "node:path";

import { describe, expect, it } from "vitest";

import { config, threePartStage } from "../../test/support/three-part-stage.js";
import { useDataFolder } from "../../test/support/use-data-folder.js";
import { requireManifest } from "../parts/manifest.js";
import { findPart } from "./find-part.js";
import { planSinglePart } from "./plan-single-part.js";
import { runStage } from "./run-stage.js";
import type { PartPlan, Stage } from "./stage.js";

const data = useDataFolder();

const planFrom: Stage["planFrom"] = ({ part, rows, hash, files }) => ({
  name: part,
  rows,
  inputHash: hash,
  input: Object.values(files).map(({ name }) => name),
});

const run: Stage["run"] = async function* ({ name }, { create }) {
  await (await create("rows.arrow")).write([Buffer.from(name)]);
  yield { rows: 2, bytes: 0, outcomes: { ok: 2 } };
  return { rows: 2, outcomes: { ok: 2 } };
};

const before = threePartStage({ run });
const after = threePartStage({
  run,
  name: "clean",
  folder: "clean",
  plan: async ({ folders }) => ({
    parts: (await requireManifest(folders.fetched, "fetch")).parts.map(planFrom),
  }),
  planFrom,
});

describe("a part on its own", () => {
  it("is planned from the record before it as it is from the whole manifest", async () => {
    await runStage(before, { config, ...data });
    const { parts } = await after.plan({ config, ...data });
    await rm(join(data.folders.fetched, "manifest.json"));
    const planned: PartPlan[] = [];
    for (const { name } of parts)
      planned.push(await planSinglePart(after, before, { config, ...data }, name));
    expect(planned).toEqual(parts);
  });

  it("cannot be planned before the part before it is there", async () => {
    await runStage(before, { config, ...data });
    await expect(planSinglePart(after, before, { config, ...data }, "part-00009")).rejects.toMatchObject({
      code: "DATA_MISSING",
    });
  });

  it("is found once it is made, and is refused where it was made with other options", async () => {
    const [plan] = (await before.plan({ config, ...data })).parts;
    if (plan === undefined) throw new Error("no part is planned");
    expect(await findPart(before, { config, ...data }, plan)).toMatchObject({ record: null });
    await runStage(before, { config, ...data });
    expect(await findPart(before, { config, ...data }, plan)).toMatchObject({ record: { part: plan.name } });
    const other = { ...before, options: () => ({ "fetch.setting": "other" }) };
    await expect(findPart(other, { config, ...data }, plan)).rejects.toMatchObject({ code: "DATA_MISMATCH" });
  });
});

describe("runStage with another executor", () => {
  it("has just the missing parts made by it, and stops where it leaves them for later", async () => {
    await runStage(before, { config, ...data });
    await rm(join(data.folders.fetched, "manifest.json"));
    await rm(join(data.folders.fetched, "part-00001.json"));
    const drain = new AbortController();
    const told: string[] = [];
    const stopped = await runStage(before, {
      config,
      ...data,
      drain: drain.signal,
      executor: {
        makeParts: ({ parts }) => {
          told.push(...parts.map(({ name }) => name));
          drain.abort();
          return Promise.resolve();
        },
      },
    });
    expect(stopped).toEqual({ complete: false });
    expect(told).toEqual(["part-00001"]);
  });
});
