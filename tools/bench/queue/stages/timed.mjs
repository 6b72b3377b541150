// A stage whose parts take as long as `LEYENDA_BENCH_MS` says, and hold a few bytes: what is left is the engine.
import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";

import { contentNaming, requireManifest } from "../../../../packages/core/dist/index.js";

const ms = Number(process.env.LEYENDA_BENCH_MS ?? 0);

export const sha256 = (text) => createHash("sha256").update(text).digest("hex");

export function plannedParts({ source: { maxRows, rowsPerPart } }) {
  return Array.from({ length: maxRows / rowsPerPart }, (_, index) => ({
    name: `part-${String(index).padStart(5, "0")}`,
    rows: 1_000,
    inputHash: sha256(String(index)),
    input: index,
  }));
}

export function timedStage(rest) {
  return {
    partsInFlight: 1,
    recordFolder: ".",
    naming: contentNaming,
    versions: () => ({}),
    options: () => ({ "source.kind": "timed" }),
    async *run({ name, rows }, { create }) {
      if (ms > 0) await sleep(ms);
      await (await create("rows.arrow")).write([Buffer.from(name)]);
      yield { rows, bytes: 0, outcomes: { ok: rows } };
      return { rows, outcomes: { ok: rows } };
    },
    ...rest,
  };
}

export const planFrom = ({ part, rows, hash }) => ({ name: part, rows, inputHash: hash, input: null });

export const planFromFetch = async ({ folders }) => ({
  parts: (await requireManifest(folders.fetched, "fetch")).parts.map(planFrom),
});
