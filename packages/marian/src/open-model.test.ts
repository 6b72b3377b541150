import { cp, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { readModelInfo } from "./model-info.js";
import { openModel } from "./open-model.js";

const corpus = process.env.LEYENDA_CORPUS;
const sample = join(corpus ?? "", "marian/sample-en-es");

describe.skipIf(corpus === undefined)("openModel (needs LEYENDA_CORPUS)", () => {
  let folder: string;
  let checkpoint: string;
  let cache: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "leyenda-open-"));
    checkpoint = join(folder, "checkpoint");
    cache = join(folder, "cache");
    await cp(sample, checkpoint, { recursive: true });
  });
  afterEach(() => rm(folder, { recursive: true }));

  it("converts a checkpoint once for each precision, and again when a file of it changes", async () => {
    const fp32 = await openModel(checkpoint, { cache });
    const int8 = await openModel(checkpoint, { cache, precision: "int8" });
    expect((await readModelInfo(fp32)).precision).toBe("fp32");
    expect((await readModelInfo(int8)).precision).toBe("int8");
    const together = await Promise.all([1, 2].map(() => openModel(checkpoint, { cache })));
    expect(together).toEqual([fp32, fp32]);
    await writeFile(join(checkpoint, "generation_config.json"), '{"num_beams": 3}');
    const changed = await openModel(checkpoint, { cache });
    expect((await readModelInfo(changed)).config.beams).toBe(3);
    expect((await readdir(join(cache, "converted"))).sort()).toHaveLength(3);
  });

  it("takes two at the same time", async () => {
    const [first, second] = await Promise.all([1, 2].map(() => openModel(checkpoint, { cache })));
    expect(first).toBe(second);
    expect(await readdir(join(cache, "converted"))).toHaveLength(1);
  });

  it("takes a converted model as it is, and refuses it where another precision is asked for", async () => {
    const int8 = await openModel(checkpoint, { cache, precision: "int8" });
    expect(await openModel(int8, { cache })).toBe(int8);
    await expect(openModel(int8, { cache, precision: "fp32" })).rejects.toMatchObject({
      code: "CONFIG_INVALID",
    });
  });

  it("leaves nothing of a checkpoint that cannot be converted, and names what is not there", async () => {
    await rm(join(checkpoint, "source.spm"));
    await expect(openModel(checkpoint, { cache })).rejects.toMatchObject({ code: "MODEL_MISSING" });
    expect(await readdir(join(cache, "converted")).catch(() => [])).toEqual([]);
    await expect(openModel(join(folder, "none"), { cache })).rejects.toMatchObject({ code: "MODEL_MISSING" });
  });
});
