import { join } from "node:path";

import type { FetchConfig } from "../config/dataset-config.js";
import { hashJson, type Json } from "../hash/hash-json.js";
import { addOutcomes } from "../parts/add-outcomes.js";
import { type Manifest, manifestName } from "../parts/manifest.js";
import { manifestPart } from "../parts/manifest-part.js";
import type { OutcomeCounts, PartRecord } from "../parts/part-record.js";
import { writeFileAtomically } from "../parts/write-file-atomically.js";
import type { PartPlan, Stage, StageContext } from "./stage.js";

/** Lets the stage finish what is global, and writes its manifest over the records of all of its parts. */
export async function writeManifest<Config extends FetchConfig>(
  stage: Stage<Config>,
  context: StageContext<Config>,
  parts: readonly PartPlan[],
  records: ReadonlyMap<string, PartRecord>,
  expected: { folder: string; inputHash: string; options: Record<string, Json> },
): Promise<Manifest> {
  const outcomes: OutcomeCounts = {};
  const entries: Manifest["parts"] = [];
  for (const { name } of parts) {
    const record = records.get(name);
    if (record === undefined) throw new Error(`${name} has no record`);
    addOutcomes(outcomes, record.outcomes);
    entries.push(manifestPart(record));
  }
  const manifest: Manifest = {
    stage: stage.name,
    dataset: context.config.name,
    configHash: hashJson(expected.options),
    options: expected.options,
    inputHash: expected.inputHash,
    rows: entries.reduce((sum, entry) => sum + entry.rows, 0),
    outcomes,
    hash: hashJson(entries.map((entry) => entry.hash)),
    parts: entries,
    summary: {},
  };
  const summary = (await stage.finish?.(context, manifest)) ?? {};
  const finished = { ...manifest, summary };
  await writeFileAtomically(join(expected.folder, manifestName), `${JSON.stringify(finished, null, 2)}\n`);
  return finished;
}
