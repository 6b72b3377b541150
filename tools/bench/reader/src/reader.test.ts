import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { readAll } from "./read-all.js";
import { writeRows } from "./write-rows.js";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "leyenda-bench-reader-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe("the reader's benchmark", () => {
  it("reads every row that it wrote, in rows as long as those of Conceptual 12M", async () => {
    const path = join(folder, "list.tsv");
    const written = await writeRows(path, 50_000);
    expect((await stat(path)).size).toBe(written.bytes);
    expect(written.bytes / written.rows).toBeGreaterThan(180);
    const { rows, urlLength, captionLength, parts } = await readAll(path, folder);
    expect({ rows, urlLength, captionLength, parts }).toEqual({
      rows: 50_000,
      urlLength: written.urlLength,
      captionLength: written.captionLength,
      parts: 5,
    });
  });
});
