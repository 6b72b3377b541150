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
  scratchFolder,
  type Stage,
  withProgress,
} from "@leyenda/core";

import { captionRules } from "./caption-rules.js";
import type { PartVerdicts } from "./part-verdicts.js";
import { readExclusions } from "./read-exclusions.js";
import { scanCandidates } from "./scan-candidates.js";
import { selectInMemory } from "./select-in-memory.js";
import { selectSpilled } from "./spilled/select-spilled.js";
import { spillPlan } from "./spilled/spill-plan.js";
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

/** Exclusion lists count by what they hold, not by their names; and memory decides no verdict. */
async function options({ config }: { config: DatasetConfig }): Promise<Record<string, Json>> {
  const { exclude, ...rest } = config.select;
  const { digest } = await readExclusions(exclude);
  const named = nameOptions("select", rest, ["memoryMegabytes"]);
  return { ...named, "select.exclude": exclude.length === 0 ? null : digest };
}

async function select(part: PartPlan, context: PartContext, counter: RowCounter): Promise<PartResult> {
  const { config, folders, signal } = context;
  const clean = await requireManifest(folders.clean, "clean");
  const exclusions = await readExclusions(config.select.exclude);
  const rules = { rules: await captionRules(config.select.captions), exclusions, signal };
  const wanted = { ...config.select, excludedHashes: exclusions.hashes };
  const source = scanCandidates(clean, folders.clean, rules);
  const spills = spillPlan(source.rows, config.select.memoryMegabytes, scratchFolder(folders.selected));
  const selected =
    spills === null ? selectInMemory(source, wanted) : selectSpilled(source, wanted, spills, signal);

  const selectedRows: Record<string, number> = {};
  const matches: Record<string, Record<string, number>> = {};
  let next = 0;
  for await (const verdicts of selected) {
    signal.throwIfAborted();
    const name = clean.parts[next++]?.part ?? "";
    const file = await context.create(`${name}.arrow`);
    await writeVerdicts(file, verdicts);
    // Closed one by one: a list has more parts than a process may hold files open.
    await file.close();
    selectedRows[name] = count(verdicts, counter, matches);
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

/** Counts a part's verdicts, and matches by verdict and reason. @returns how many rows are in a split */
function count(
  { rows, verdict: verdictOf, reason: reasonOf }: PartVerdicts,
  counter: RowCounter,
  matches: Record<string, Record<string, number>>,
): number {
  let selected = 0;
  for (let index = 0; index < rows.length; index += 1) {
    const verdict = verdictOf(index);
    const isSelected = verdict === "train" || verdict === "validation";
    if (isSelected) selected += 1;
    counter.row(isSelected ? "ok" : verdict, 0);
    const reason = reasonOf(index);
    if (reason !== null) {
      const counts = (matches[verdict] ??= {});
      counts[reason] = (counts[reason] ?? 0) + 1;
    }
  }
  return selected;
}
