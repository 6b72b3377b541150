import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import {
  type DatasetConfig,
  type DatasetFolders,
  datasetFolders,
  type FetchedRow,
  loadDatasetConfig,
  readRows,
  runStage,
} from "@leyenda/core";
import { createFetchStage } from "@leyenda/fetch/stage";
import { verifyDataset } from "@leyenda/shards";
import { tableFromIPC } from "apache-arrow";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import {
  type RecordedRow,
  type RecordedWeb,
  readRecordedWeb,
  runLeyenda,
  serveRecordedWeb,
} from "../src/index.js";

const corpus = process.env.LEYENDA_CORPUS;
const rowCount = Number(process.env.LEYENDA_RECORDED_ROWS ?? 2000);

describe.skipIf(corpus === undefined)("the recorded web of January 2019 (needs LEYENDA_CORPUS)", () => {
  let folder: string;
  let folders: DatasetFolders;
  let config: DatasetConfig;
  let recorded: RecordedRow[];
  let web: RecordedWeb;
  let fetched: FetchedRow[];

  beforeAll(async () => {
    const from = corpus ?? "";
    folder = await mkdtemp(join(tmpdir(), "leyenda-recorded-"));
    recorded = (await readRecordedWeb(from)).slice(0, rowCount);
    web = await serveRecordedWeb(recorded, from);
    await writeFile(
      join(folder, "list.tsv"),
      recorded.map(({ caption, url }) => `${caption}\t${url}\n`).join(""),
    );
    await writeFile(
      join(folder, "dataset.json"),
      JSON.stringify({
        name: "recorded",
        source: { path: "list.tsv", columns: ["caption", "url"], rowsPerPart: 500 },
        fetch: {
          concurrency: 64,
          requestsPerSecondPerHost: 1000,
          // Long enough for a busy machine: a late answer would be another outcome than the recorded one.
          totalMs: 9000,
          headersMs: 6000,
          stallMs: 6000,
          retries: 1,
          retryBaseMs: 20,
        },
        clean: { resize: "keep_ratio_largest", size: 256, quality: 92 },
        // The same few photos stand in for all pictures: as near duplicates they would leave one row each.
        select: { train: 900, validation: 100, nearDuplicateBits: 0 },
        translate: {
          model: fileURLToPath(new URL("../../../datasets/sample/model", import.meta.url)),
          beams: 1,
        },
        shards: { rowsPerShard: 500 },
      }),
    );
    config = await loadDatasetConfig(join(folder, "dataset.json"));
    folders = datasetFolders(config.name, folder);
    // Every origin, https too, is the one server: the certificates of 2019 are gone with the sites.
    const stage = createFetchStage({
      connect: () => connect(web.port, "127.0.0.1"),
      lookup: anyPublicAddress,
    });
    const { complete } = await runStage(stage, { config, folders });
    if (!complete) throw new Error("fetch did not finish");
    fetched = await allRows();
  }, 600_000);
  afterAll(async () => {
    await web.close();
    await rm(folder, { recursive: true, force: true });
  });

  it("comes to the recorded outcome in every row", () => {
    const differing = recorded
      .map(({ url, outcome, status }, index) => ({ url, status, outcome, came: fetched[index]?.outcome }))
      .filter(({ outcome, came }) => outcome !== came);
    expect(differing).toEqual([]);
    expect(fetched.map((row) => row.line)).toEqual(recorded.map((_, index) => index + 1));
  });

  it(
    "becomes a dataset of exactly the wanted rows, with the photos' pixels in it",
    { timeout: 600_000 },
    async () => {
      for (const verb of ["clean", "translate", "shards"]) {
        const { code, stderr } = await runLeyenda([verb, join(folder, "dataset.json"), "--data-dir", folder]);
        expect(code, stderr).toBe(0);
      }
      // The same few photos stand in for all pictures, so equal pictures under different bytes are expected here.
      const report = await verifyDataset(folders.dataset, {
        expected: { train: 900, validation: 100 },
        nearBits: 0,
      });
      expect(report.problems.filter(({ message }) => !message.includes("stored picture"))).toEqual([]);
      expect(report).toMatchObject({ rows: 1000, splits: { train: 900, validation: 100 } });
      const rows = await shardRows("validation");
      expect(rows).toHaveLength(100);
      const qualities: number[] = [];
      for (const { url, caption_en: caption, image, width, height, source_format: format } of rows) {
        expect(recorded.find((row) => row.url === url)?.caption).toBe(caption);
        const photo = await readFile(join(corpus ?? "", "photos/val2017", web.photoOf(url)));
        // Photos full of detail lose some to scaling and JPEG, GIFs to their palette; another photo would give about 10 dB.
        const quality = await psnr(image.bytes, photo, width, height);
        expect(quality, `${url} (${format})`).toBeGreaterThan(18);
        qualities.push(quality);
      }
      expect(qualities.reduce((sum, quality) => sum + quality, 0) / qualities.length).toBeGreaterThan(32);
    },
  );

  async function allRows(): Promise<FetchedRow[]> {
    const names = (await readdir(folders.fetched)).filter((name) => name.endsWith(".rows.arrow")).sort();
    return (await Promise.all(names.map((name) => readRows<FetchedRow>(join(folders.fetched, name))))).flat();
  }

  interface ShardRow {
    url: string;
    caption_en: string;
    image: { bytes: Uint8Array };
    width: number;
    height: number;
    source_format: string;
  }

  async function shardRows(split: string): Promise<ShardRow[]> {
    const names = (await readdir(folders.dataset))
      .filter((name) => name.startsWith(split) && name.endsWith(".arrow"))
      .sort();
    const tables = await Promise.all(
      names.map(async (name) => tableFromIPC(await readFile(join(folders.dataset, name)))),
    );
    return tables.flatMap((table) => table.toArray() as ShardRow[]);
  }
});

/** A public address for every name: it is checked like a real one, and then the injected connection is used. */
function anyPublicAddress(): Promise<string[]> {
  return Promise.resolve(["93.184.216.34"]);
}

/** Peak signal-to-noise ratio, dB, of a stored picture against the photo brought to the same size. */
async function psnr(stored: Uint8Array, photo: Buffer, width: number, height: number): Promise<number> {
  const [a, b] = await Promise.all([
    sharp(stored).removeAlpha().toColourspace("srgb").raw().toBuffer(),
    sharp(photo)
      .rotate()
      .resize(width, height, { fit: "fill" })
      .toColourspace("srgb")
      .removeAlpha()
      .raw()
      .toBuffer(),
  ]);
  expect(a.length).toBe(b.length);
  let sum = 0;
  for (let i = 0; i < a.length; i += 1) sum += ((a[i] ?? 0) - (b[i] ?? 0)) ** 2;
  return 10 * Math.log10(255 ** 2 / (sum / a.length));
}
