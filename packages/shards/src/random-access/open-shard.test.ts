import { mkdtemp, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { LeyendaError, PartFile } from "@leyenda/core";
import { tableFromIPC } from "apache-arrow";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { fakeShardRow } from "../../test/fake-shard-row.js";
import { type Compression, registerArrowCodecs } from "../arrow-codecs.js";
import type { ShardRow } from "../write/shard-schema.js";
import { writeShard } from "../write/write-shard.js";
import { openShard } from "./open-shard.js";
import { renderShardIndex } from "./shard-index.js";

let folder: string;
let count = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "leyenda-open-shard-"));
  await registerArrowCodecs();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function makeShard(
  batches: readonly ShardRow[][],
  { compression = "none", index = true }: { compression?: Compression; index?: boolean } = {},
): Promise<string> {
  const path = join(folder, `${(count += 1)}.arrow`);
  const file = await PartFile.create(path);
  const places = await writeShard(file, toAsync(batches), { compression });
  const { bytes } = await file.close();
  if (index) await writeFile(path.replace(".arrow", ".index"), renderShardIndex(bytes, places));
  return path;
}

async function* toAsync<Item>(items: readonly Item[]): AsyncGenerator<Item> {
  for (const item of items) yield await Promise.resolve(item);
}

const batchesOfRows = fc
  .array(
    fc.array(
      fc.record({
        bytes: fc.oneof(
          fc.uint8Array({ maxLength: 300 }),
          fc.nat(3000).map((length) => new Uint8Array(length)),
        ),
        caption: fc.string({ unit: "grapheme", maxLength: 20 }),
      }),
      { minLength: 1, maxLength: 7 },
    ),
    { minLength: 1, maxLength: 5 },
  )
  .map((batches) => {
    let row = 0;
    return batches.map((batch) => batch.map(({ bytes, caption }) => fakeShardRow(row++, bytes, caption)));
  });

describe("openShard", () => {
  it("gives every row as a full read does, in any order, compressed or not, with an index or without", async () => {
    await fc.assert(
      fc.asyncProperty(
        batchesOfRows,
        fc.constantFrom("none", "lz4", "zstd"),
        fc.boolean(),
        async (batches, compression, index) => {
          const path = await makeShard(batches, { compression, index });
          const expected = batches.flat();
          expect(
            tableFromIPC(await readFile(path))
              .toArray()
              .map(plain),
          ).toEqual(expected);
          const shard = await openShard(path);
          try {
            expect(shard.rows).toBe(expected.length);
            const order = expected.map((_, row) => (row * 7919) % expected.length);
            for (const row of order) expect(plain(await shard.row(row))).toEqual(expected[row]);
            const read = await Promise.all(batches.map((_, batch) => shard.batch(batch)));
            expect(read.map((rows) => rows.map(plain))).toEqual(batches);
          } finally {
            await shard.close();
          }
        },
      ),
      { numRuns: 15 },
    );
  });

  it("reads a row without the rest of its shard and batch", async () => {
    const rows = Array.from({ length: 40 }, (_, index) =>
      fakeShardRow(index, new Uint8Array(50_000).fill(index)),
    );
    const batches = [rows.slice(0, 20), rows.slice(20)];
    const path = await makeShard(batches);
    const bytes = await readFile(path);
    const at = bytes.indexOf(rows[25]?.image.bytes.subarray(0, 1000) ?? "");
    // Everything before the second batch, and all of its pictures but one, is overwritten: who reads it, shows it.
    const shard = await openShard(path);
    const second = shard.batches[1]?.offset ?? 0;
    const schema = shard.batches[0]?.offset ?? 0;
    bytes.fill(0xee, schema, second);
    bytes.fill(0xee, at + 50_000, at + 14 * 50_000);
    await writeFile(path, bytes);
    expect(plain(await shard.row(25))).toEqual(rows[25]);
    await shard.close();
  });

  it("does not use the index of another shard", async () => {
    const rows = [[fakeShardRow(0, new Uint8Array(10))], [fakeShardRow(1, new Uint8Array(10))]];
    const path = await makeShard(rows);
    await writeFile(
      path.replace(".arrow", ".index"),
      renderShardIndex(1, [{ offset: 0, length: 1, rows: 9 }]),
    );
    const shard = await openShard(path);
    expect(shard.rows).toBe(2);
    expect((await shard.row(1)).key).toBe(rows[1]?.[0]?.key);
    await shard.close();
  });

  it.each([
    ["a cut shard without index", true],
    ["a cut shard", false],
  ])("says so of %s", async (_, removed) => {
    const path = await makeShard(
      [[fakeShardRow(0, new Uint8Array(9000))], [fakeShardRow(1, new Uint8Array(9000))]],
      {
        index: !removed,
      },
    );
    await truncate(path, (await readFile(path)).length - 5000);
    await expect(openShard(path)).rejects.toThrow(LeyendaError);
    await expect(openShard(path)).rejects.toMatchObject({ code: "DATA_CORRUPT" });
  });

  it("says so of a file that is no shard, and of none", async () => {
    const path = join(folder, "other.arrow");
    await writeFile(path, "ARROW1 is the other format");
    await expect(openShard(path)).rejects.toMatchObject({ code: "DATA_CORRUPT" });
    await expect(openShard(join(folder, "none.arrow"))).rejects.toMatchObject({ code: "DATA_MISSING" });
  });

  it("refuses a row that is not there", async () => {
    const shard = await openShard(await makeShard([[fakeShardRow(0, new Uint8Array(1))]]));
    await expect(shard.row(1)).rejects.toThrow(RangeError);
    await expect(shard.row(-1)).rejects.toThrow(RangeError);
    await shard.close();
  });
});

/** Arrow's proxies and views as plain objects; scores are 32-bit floats that hold quarters exactly. */
function plain(row: ShardRow): unknown {
  const { image, ...rest } = { ...row };
  return { ...rest, image: { bytes: Uint8Array.from(image.bytes), path: image.path } };
}
