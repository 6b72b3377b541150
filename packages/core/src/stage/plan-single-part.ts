import type { DatasetConfig, FetchConfig } from "../config/dataset-config.js";
import { LeyendaError } from "../errors.js";
import { manifestPart } from "../parts/manifest-part.js";
import { readRecords } from "./read-records.js";
import type { PartPlan, Stage, StageContext } from "./stage.js";

/**
 * Plans a part from its record in the stage before, as the stage itself would once that one is complete.
 *
 * @param stage one with `planFrom`
 * @throws LeyendaError DATA_MISSING where the part is not there in the stage before
 */
export async function planSinglePart<Config extends FetchConfig = DatasetConfig>(
  stage: Stage<Config>,
  before: Stage<Config>,
  { folders }: StageContext<Config>,
  name: string,
): Promise<PartPlan> {
  if (stage.planFrom === undefined) throw new Error(`stage ${stage.name} does not plan part by part`);
  const folder = folders[before.folder];
  const records = await readRecords(before, folder, [{ name, inputHash: null }], null, false);
  const record = records.get(name);
  if (record === undefined)
    throw new LeyendaError("DATA_MISSING", `${name} of stage ${before.name} is not there`, {
      where: folder,
      hint: `run "leyenda enqueue" again: it lists what is missing`,
    });
  return stage.planFrom(manifestPart(record));
}
