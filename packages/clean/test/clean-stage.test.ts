import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { type CleanRow, datasetFolders, readRows, sha256 } from "@leyenda/core";
import sharp from "sharp";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { fetchedPictures } from "./fetched-pictures.js";

const faulty = fileURLToPath(new URL("fixtures/faulty-stage.mjs", import.meta.url));
const plain = fileURLToPath(import.meta.resolve("../dist/clean-stage.js"));
const runner = fileURLToPath(new URL("fixtures/run-stage.mjs", import.meta.url));
const rowsPerPart = 8;

let dataDir: string;
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "leyenda-clean-"));
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

/** Pictures of all formats and sizes, no two alike. */
async function drawnPictures(count: number): Promise<Buffer[]> {
  const formats = ["jpeg", "png", "webp"] as const;
  return Promise.all(
    Array.from({ length: count }, (_, index) =>
      sharp({
        create: {
          width: 200 + index * 7,
          height: 150,
          channels: 3,
          background: "#446688",
          noise: { type: "gaussian", mean: 120, sigma: 20 + index },
        },
      })
        .toFormat(formats[index % formats.length] ?? "png")
        .toBuffer(),
    ),
  );
}

/** What a run of the stage says, and the hash of everything it made except records, which tell times. */
async function runStage(
  module: string,
  workers: number,
): Promise<{ said: unknown; files: string[]; rows: CleanRow[] }> {
  const { clean } = datasetFolders("test", dataDir);
  await rm(clean, { recursive: true, force: true });
  const { stdout } = await promisify(execFile)(process.execPath, [runner, module, dataDir, `${workers}`]);
  const names = (await readdir(clean)).filter((name) => name.endsWith(".arrow")).sort();
  const files = await Promise.all(
    names.map(async (name) => `${name} ${sha256(await readFile(join(clean, name)))}`),
  );
  const rows: CleanRow[] = [];
  for (const name of names)
    if (name.includes("rows")) rows.push(...(await readRows<CleanRow>(join(clean, name))));
  return { said: JSON.parse(stdout.trim().split("\n").at(-1) ?? ""), files, rows };
}

describe("the clean stage", () => {
  it("makes the same bytes with 1 and 4 workers", async () => {
    await fetchedPictures(dataDir, await drawnPictures(32), rowsPerPart);
    const one = await runStage(plain, 1);
    expect(one.said).toEqual({ rows: 32, outcomes: { ok: 32 } });
    expect(one.files).toHaveLength(8);
    expect((await runStage(plain, 4)).files).toEqual(one.files);
  });

  it("loses to a decoder that crashes or hangs that one picture each, whatever the number of workers", async () => {
    const bodies: Uint8Array[] = await drawnPictures(20);
    const bad = new Map([
      [2, "decoder_crash"],
      [3, "decoder_crash"],
      [12, "decoder_timeout"],
      [19, "decoder_crash"],
    ]);
    for (const [row, outcome] of bad) {
      bodies[row] = Buffer.from(outcome === "decoder_crash" ? "abort now" : "hang! now");
    }
    await fetchedPictures(dataDir, bodies, rowsPerPart);
    const one = await runStage(faulty, 1);
    expect(one.said).toEqual({ rows: 20, outcomes: { ok: 16, decoder_crash: 3, decoder_timeout: 1 } });
    expect(one.rows.map(({ outcome }) => outcome)).toEqual(bodies.map((_, row) => bad.get(row) ?? "ok"));
    expect(one.rows.filter(({ image_length }) => image_length === null)).toHaveLength(4);
    const four = await runStage(faulty, 4);
    expect(four.said).toEqual(one.said);
    expect(four.files).toEqual(one.files);
  });

  it("gives up, saying so, where every picture crashes the decoder", async () => {
    await fetchedPictures(
      dataDir,
      Array.from({ length: 15 }, () => Buffer.from("abort now")),
      15,
    );
    await expect(runStage(faulty, 1)).rejects.toThrow(/11 rows of part-00000 each ended the process/);
  });
});
