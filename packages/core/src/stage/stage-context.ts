import type { FetchConfig } from "../config/dataset-config.js";
import type { StageContext } from "./stage.js";

/** What a stage is told of a run. It crosses process boundaries, so no more than that of the run's options. */
export function stageContext<Config extends FetchConfig>({
  config,
  folders,
  tellFailures = false,
}: StageContext<Config>): StageContext<Config> {
  return { config, folders, tellFailures };
}
