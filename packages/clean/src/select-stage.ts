import { join } from "node:path";

import {
  addOutcomes,
  type CleanRow,
  contentNaming,
  type Manifest,
  type OutcomeCounts,
  type PartContext,
  type PartPlan,
  type PartResult,
  readRows,
  requireManifest,
  type RowCounter,
  type SelectionRow,
  selectionRowSchema,
  type Stage,
  withProgress,
  writeRows,
} from "@leyenda/core";

import { type Selection, selectRows } from "./select-rows.js";

/** The rows that are ok, over all parts, as columns of fixed width: 36 bytes a row. */
interface Candidates {
  /** 16 bytes a row. */
  keys: Uint8Array;
  /** 16 bytes a row: the first half of SHA-256 of the body. */
  hashes: Uint8Array;
  /** Row within its part. */
  rows: Uint32Array;
  /** First candidate of each part, and after the last part the count. */
  partStarts: number[];
}

/**
 * The one step that sees the whole list: duplicates, placeholders, and the exact splits. One part, with a file of
 * verdicts for each clean part (`part-00042.arrow`), so that changing a split's size never touches a picture.
 */
export const stage: Stage = {
  name: "select",
  folder: "selected",
  module: import.meta.url,
  partsInFlight: 1,
  recordFolder: ".",
  naming: contentNaming,
  versions: () => ({ node: process.version }),
  options: ({ config }) =>
    Object.fromEntries(Object.entries(config.select).map(([name, value]) => [`select.${name}`, value])),
  plan: async ({ folders }) => {
    const clean = await requireManifest(folders.clean, "clean");
    return { parts: [{ name: "selection", rows: clean.rows, inputHash: clean.hash, input: null }] };
  },
  run: (part, context) => withProgress((counter) => select(part, context, counter)),
};

async function select(part: PartPlan, context: PartContext, counter: RowCounter): Promise<PartResult> {
  const clean = await requireManifest(context.folders.clean, "clean");
  const { candidates, outcomes } = await readCandidates(clean, context);
  const selection = selectRows(candidates, context.config.select);
  const selectedRows: Record<string, number> = {};
  for (const [index, { part: name }] of clean.parts.entries()) {
    context.signal.throwIfAborted();
    const rows = verdictsOfPart(candidates, selection, index);
    selectedRows[name] = rows.filter(({ position }) => position !== null).length;
    const file = await context.create(`${name}.arrow`);
    await writeRows(file, selectionRowSchema, rows);
    // Closed one by one: a list has more parts than a process may hold files open.
    await file.close();
    for (const { verdict } of rows) {
      counter.row(verdict === "train" || verdict === "validation" ? "ok" : verdict, 0);
    }
  }
  return {
    rows: part.rows,
    outcomes: addOutcomes({ ...outcomes }, counter.outcomes),
    facts: { selectedRows },
  };
}

async function readCandidates(
  clean: Manifest,
  { folders, signal }: PartContext,
): Promise<{ candidates: Candidates; outcomes: OutcomeCounts }> {
  const { ok = 0, ...outcomes } = clean.outcomes;
  const candidates: Candidates = {
    keys: new Uint8Array(ok * 16),
    hashes: new Uint8Array(ok * 16),
    rows: new Uint32Array(ok),
    partStarts: [],
  };
  let next = 0;
  for (const { files } of clean.parts) {
    signal.throwIfAborted();
    candidates.partStarts.push(next);
    const path = join(folders.clean, files["rows.arrow"]?.name ?? "");
    const rows = await readRows<CleanRow, "outcome" | "key" | "source_sha256">(path, [
      "outcome",
      "key",
      "source_sha256",
    ]);
    for (const [row, { outcome, key, source_sha256: hash }] of rows.entries()) {
      if (outcome !== "ok" || hash === null) continue;
      candidates.keys.set(Buffer.from(key, "hex"), next * 16);
      candidates.hashes.set(Buffer.from(hash.slice(0, 32), "hex"), next * 16);
      candidates.rows[next] = row;
      next += 1;
    }
  }
  candidates.partStarts.push(next);
  return { candidates, outcomes };
}

function verdictsOfPart(candidates: Candidates, selection: Selection, part: number): SelectionRow[] {
  const start = candidates.partStarts[part] ?? 0;
  const end = candidates.partStarts[part + 1] ?? start;
  return Array.from({ length: end - start }, (_, index) => {
    const candidate = start + index;
    const kept = selection.keptRow(candidate);
    return {
      row: candidates.rows[candidate] ?? 0,
      key: keyOf(candidates, candidate),
      verdict: selection.verdict(candidate),
      position: selection.position(candidate),
      kept_key: kept === null ? null : keyOf(candidates, kept),
    };
  });
}

function keyOf({ keys }: Candidates, candidate: number): string {
  return Buffer.from(keys.subarray(candidate * 16, candidate * 16 + 16)).toString("hex");
}
