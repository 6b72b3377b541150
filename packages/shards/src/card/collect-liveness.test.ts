import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import {
  type FetchedRow,
  fetchedRowSchema,
  type Manifest,
  type Outcome,
  PartFile,
  writeRows,
} from "@leyenda/core";
import { afterEach, beforeEach, expect, it } from "vitest";

import { collectLiveness } from "./collect-liveness.js";
import { renderConsent, renderLiveness } from "./render-liveness.js";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "leyenda-liveness-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function fetched(rows: [url: string, outcome: Outcome][], ledger: object[]): Promise<Manifest> {
  const file = await PartFile.create(join(folder, "rows.arrow"));
  await writeRows(
    file,
    fetchedRowSchema,
    rows.map(([url, outcome]): Partial<FetchedRow> => ({ url, outcome })),
  );
  await file.close();
  await writeFile(join(folder, "consent.jsonl"), ledger.map((line) => `${JSON.stringify(line)}\n`).join(""));
  const files = { "rows.arrow": { name: "rows.arrow" }, "consent.jsonl": { name: "consent.jsonl" } };
  const outcomes: Partial<Record<Outcome, number>> = {};
  for (const [, outcome] of rows) outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
  return { outcomes, parts: [{ files }] } as unknown as Manifest;
}

it("counts every row of the list once by what became of its address, in all and by kind of host", async () => {
  const many = Array.from({ length: 12 }, (_, index): [string, Outcome] => [
    `https://Big.example/${index}.jpg`,
    index < 9 ? "ok" : "http_4xx",
  ]);
  const manifest = await fetched(
    [
      ...many,
      ["http://small.example:81/a", "dns"],
      ["http://u@small.example/b", "robots"],
      ["nothing", "bad_url"],
    ],
    [],
  );
  const liveness = await collectLiveness(folder, manifest);
  expect(liveness.ends).toEqual({
    came: 9,
    gone: 3,
    unreached: 1,
    reserved: 1,
    none: 1,
    failing: 0,
    unusable: 0,
  });
  expect(liveness.details?.hosts).toMatchObject([
    { from: 1, to: 9, hosts: 2, rows: { unreached: 1, reserved: 1, none: 1, came: 0 } },
    { from: 10, to: 99, hosts: 1, rows: { came: 9, gone: 3 } },
  ]);
  expect(renderLiveness(liveness)).toContain("26.7 % of the addresses are dead");
  expect(renderLiveness(liveness)).toContain("| 10 to 99 | 1 | 12 | 75.0 % | 0.0 % | 25.0 % |");
});

it("counts what publishers said by its means, and how often it was obeyed", async () => {
  const manifest = await fetched(
    [["http://a.example/1", "robots"]],
    [
      { url: "http://a.example/1", final_url: null, signals: { "robots.txt": {} }, did: "left out" },
      {
        url: "http://a.example/2",
        final_url: "http://b.example/2",
        signals: { headers: {}, "robots.txt": {} },
        did: "fetched",
      },
    ],
  );
  const liveness = await collectLiveness(folder, manifest);
  expect(liveness.details?.consent).toEqual([
    { signal: "headers", rows: 1, leftOut: 0, hosts: 1 },
    { signal: "robots.txt", rows: 2, leftOut: 1, hosts: 2 },
  ]);
  expect(renderConsent(liveness)).toContain("| robots.txt | 2 | 1 | 2 |");
});

it("has the counts alone where the downloads were deleted", async () => {
  const manifest = await fetched([["http://a.example/1", "dns"]], []);
  await rm(join(folder, "rows.arrow"));
  const liveness = await collectLiveness(folder, manifest);
  expect(liveness).toMatchObject({ ends: { unreached: 1 }, details: null });
  expect(renderLiveness(liveness)).toContain("100.0 % of the addresses are dead");
});
