import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { crc32c } from "../src/tensorboard/crc32c.js";
import { writeScalars } from "../src/tensorboard/write-scalars.js";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "leyenda-events-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("writeScalars", () => {
  it("writes the bytes that TensorBoard's own writer does", async () => {
    const scalars = { "eval/loss": 3.125, "eval/bleu_1": 0.2015, [`eval/${"long".repeat(40)}`]: -1e-30 };
    const path = await writeScalars(folder, scalars, { step: 42_000, seconds: 1_700_000_000.25 });
    // Made by tools/oracle/tensorboard_events.py.
    const expected = new URL("../../../tools/oracle/fixtures/metrics/events.bin", import.meta.url);
    expect((await readFile(path)).equals(await readFile(expected))).toBe(true);
  });

  it("never writes over another file", async () => {
    await writeScalars(folder, { a: 1 }, { seconds: 1 });
    await writeScalars(folder, { a: 2 }, { seconds: 1 });
    const files = await readdir(folder);
    expect(files.filter((name) => name.startsWith("events.out.tfevents.1."))).toHaveLength(2);
  });
});

describe("crc32c", () => {
  it("gives the known value of 123456789", () => {
    expect(crc32c(Buffer.from("123456789"))).toBe(0xe3069283);
  });
});
