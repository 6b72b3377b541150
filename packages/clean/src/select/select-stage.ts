import {
  addOutcomes,
  contentNaming,
  type DatasetConfig,
  type Json,
  nameOptions,
  type OutcomeCounts,
  type PartContext,
  type PartPlan,
  type PartResult,
  requireManifest,
  type RowCounter,
  type Stage,
  withProgress,
} from "@leyenda/core";

import { captionRules } from "./caption-rules.js";
import { readCandidates } from "./read-candidates.js";
import { readExclusions } from "./read-exclusions.js";
import { selectRows } from "./select-rows.js";
import { writeVerdicts } from "./write-verdicts.js";

/**
 * The one step that sees the whole list: exclusions, captions, duplicates, placeholders, and the exact splits. One part, with a
 * file of verdicts for each clean part (`part-00042.arrow`), so that changing a split's size never touches a picture.
 */
export const stage: Stage = {
  name: "select",
  folder: "selected",
  module: import.meta.url,
  partsInFlight: 1,
  recordFolder: ".",
  naming: contentNaming,
  versions: () => ({ node: process.version }),
  options,
  plan: async ({ folders }) => {
    const clean = await requireManifest(folders.clean, "clean");
    return { parts: [{ name: "selection", rows: clean.rows, inputHash: clean.hash, input: null }] };
  },
  run: (part, context) => withProgress((counter) => select(part, context, counter)),
};

/** Exclusion lists count by what they hold, not by their names. */
async function options({ config }: { config: DatasetConfig }): Promise<Record<string, Json>> {
  const { exclude, ...rest } = config.select;
  const { digest } = await readExclusions(exclude);
  return { ...nameOptions("select", rest), "select.exclude": exclude.length === 0 ? null : digest };
}

async function select(part: PartPlan, context: PartContext, counter: RowCounter): Promise<PartResult> {
  const { config, folders, signal } = context;
  const { captions, exclude, ...wanted } = config.select;
  const clean = await requireManifest(folders.clean, "clean");
  const exclusions = await readExclusions(exclude);
  const candidates = await readCandidates(clean, folders.clean, {
    rules: await captionRules(captions),
    exclusions,
    signal,
  });
  const selection = selectRows(candidates.table, { ...wanted, excludedHashes: exclusions.hashes });

  const selectedRows: Record<string, number> = {};
  const matches: Record<string, Record<string, number>> = {};
  for (const [index, { part: name }] of clean.parts.entries()) {
    signal.throwIfAborted();
    const first = candidates.partStarts[index] ?? 0;
    const end = candidates.partStarts[index + 1] ?? first;
    const file = await context.create(`${name}.arrow`);
    await writeVerdicts(file, candidates, selection, index);
    // Closed one by one: a list has more parts than a process may hold files open.
    await file.close();
    let selected = 0;
    for (let row = first; row < end; row += 1) {
      const verdict = selection.verdict(row);
      const isSelected = verdict === "train" || verdict === "validation";
      if (isSelected) selected += 1;
      counter.row(isSelected ? "ok" : verdict, 0);
      const reason = selection.reason(row);
      if (reason !== null) {
        const counts = (matches[verdict] ??= {});
        counts[reason] = (counts[reason] ?? 0) + 1;
      }
    }
    selectedRows[name] = selected;
  }
  const outcomes: OutcomeCounts = { ...clean.outcomes };
  // What is ok in clean has been counted again.
  delete outcomes.ok;
  return {
    rows: part.rows,
    outcomes: addOutcomes(outcomes, counter.outcomes),
    facts: { selectedRows, matches },
  };
}
