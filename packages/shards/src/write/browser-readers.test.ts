import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { PartFile, sha256 } from "@leyenda/core";
import { tableFromIPC } from "@uwdata/flechette";
import { expect, it } from "vitest";

import { fakeShardRow } from "../../test/fake-shard-row.js";
import type { ShardRow } from "./shard-schema.js";
import { writeShard } from "./write-shard.js";

it("a shard reads alike in flechette, as in a browser", async () => {
  const folder = await mkdtemp(join(tmpdir(), "leyenda-flechette-"));
  const rows = Array.from({ length: 10 }, (_, index) =>
    fakeShardRow(index, new Uint8Array(index).fill(7), `ñ ${index}`),
  );
  const path = join(folder, "shard.arrow");
  const file = await PartFile.create(path);
  await writeShard(file, batches());
  await file.close();
  const table = tableFromIPC(await readFile(path));
  const read = table.toArray() as ShardRow[];
  expect(
    read.map(({ image, ...rest }) => ({ ...rest, picture: sha256(image.bytes), path: image.path })),
  ).toEqual(rows.map(({ image, ...rest }) => ({ ...rest, picture: sha256(image.bytes), path: image.path })));
  await rm(folder, { recursive: true });

  async function* batches(): AsyncGenerator<ShardRow[]> {
    yield await Promise.resolve(rows.slice(0, 6));
    yield rows.slice(6);
  }
});
