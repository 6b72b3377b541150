import { join } from "node:path";

import type { DatasetConfig, FetchConfig } from "../config/dataset-config.js";
import type { Json } from "../hash/hash-json.js";
import type { PartRecord } from "../parts/part-record.js";
import { storeOf } from "../store/store-of.js";
import { explainDiskErrors } from "./explain-disk-errors.js";
import { readRecords } from "./read-records.js";
import type { PartPlan, Stage, StageContext } from "./stage.js";

/** A part of a stage as found by somebody who is to make it and nothing else. */
export interface SinglePart {
  /** The stage's options, as they go into the record. */
  options: Record<string, Json>;
  /** Null where the part is not there yet. */
  record: PartRecord | null;
}

/**
 * Looks whether a part is there.
 *
 * @throws LeyendaError DATA_MISMATCH where it is, made with other options or from other input
 */
export function findPart<Config extends FetchConfig = DatasetConfig>(
  stage: Stage<Config>,
  context: StageContext<Config>,
  part: PartPlan,
): Promise<SinglePart> {
  const folder = context.folders[stage.folder];
  return explainDiskErrors(folder, async () => {
    await storeOf(folder).prepare(join(folder, stage.recordFolder));
    const options = await stage.options(context);
    const records = await readRecords(stage, folder, [part], options, false);
    return { options, record: records.get(part.name) ?? null };
  });
}
