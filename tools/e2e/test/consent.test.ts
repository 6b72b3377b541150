import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { type FetchedRow, readManifest, readRows } from "@leyenda/core";
import { generateRows, startSampleWeb } from "@leyenda/sample-web";
import { expect, it } from "vitest";

import { runLeyenda } from "../src/index.js";

it("what owners reserve in robots.txt, tdmrep.json or headers is left out, and a ledger says why", async () => {
  const folder = await mkdtemp(join(tmpdir(), "leyenda-consent-"));
  const web = await startSampleWeb({ port: 0 });
  try {
    const all = generateRows(web.port);
    const kinds = ["disallowed", "reserved", "optOut"] as const;
    const rows = [
      ...kinds.flatMap((kind) => all.filter(({ behaviour }) => behaviour === kind)),
      ...all.filter(({ behaviour }) => behaviour === "healthy").slice(0, 10),
    ];
    const list = join(folder, "urls.tsv");
    await writeFile(list, rows.map(({ url, caption }) => `${url}\t${caption}\n`).join(""));
    const out = join(folder, "out");
    const sampleWeb = ["--fetch.allowPrivate", '["*.test"]', "--fetch.resolve", '{"*.test":"127.0.0.1"}'];
    const run = await runLeyenda(["fetch", list, "--out", out, "--workers", "1", ...sampleWeb]);
    expect(run.code, run.stderr).toBe(0);
    const manifest = await readManifest(join(out, "fetched"));
    const reserved = rows.filter(({ behaviour }) => behaviour !== "healthy").length;
    expect(manifest?.outcomes).toEqual({ robots: 12, opted_out: reserved - 12, ok: 10 });
    const files = manifest?.parts[0]?.files ?? {};
    const fetched = await readRows<FetchedRow>(join(out, "fetched", files["rows.arrow"]?.name ?? ""));
    expect(fetched.map(({ outcome }) => outcome)).toEqual(rows.map(({ expected }) => expected.fetch));
    const ledger = (await readFile(join(out, "fetched", files["consent.jsonl"]?.name ?? ""), "utf8"))
      .trimEnd()
      .split("\n")
      .map(
        (line) => JSON.parse(line) as { url: string; did: string; signals: Record<string, { said: string }> },
      );
    expect(ledger.map(({ url, did }) => [url, did])).toEqual(
      rows.slice(0, reserved).map(({ url }) => [url, "left out"]),
    );
    const said = ledger.map(({ signals }) =>
      Object.entries(signals).map(([where, { said: what }]) => `${where}: ${what}`),
    );
    for (const [index, { behaviour }] of rows.slice(0, reserved).entries()) {
      const [signal] = said[index] ?? [];
      if (behaviour === "disallowed")
        expect(signal).toMatch(/^robots\.txt: disallowed: line 2, Disallow: \/$/);
      else if (behaviour === "reserved")
        expect(signal).toMatch(/^tdmrep\.json: reserved: location \/, tdm-policy: /);
      else expect(signal).toMatch(/^headers: x-robots-tag: .*no(image)?ai/);
    }
    const page = await readFile(join(out, "reports/fetch.html"), "utf8");
    for (const text of ["robots", "opted_out", "policy"]) expect(page).toContain(text);
  } finally {
    await web.close();
    await rm(folder, { recursive: true, force: true });
  }
});
