import type { FetchConfig } from "../config/dataset-config.js";
import { type MakerOptions, type PartMaker, processMaker } from "./part-maker.js";
import { steadfastMaker } from "./steadfast-maker.js";

/** Makes a stage's parts in a process of its own, so that whatever its work does to an event loop, this process goes on. */
export function ownProcessMaker<Config extends FetchConfig>(input: MakerOptions<Config>): PartMaker {
  const { isolation } = input.stage;
  return isolation === undefined ? processMaker(input) : steadfastMaker(input, isolation);
}
