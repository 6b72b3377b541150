import type { Provider, SearchOptions } from "@leyenda/marian";
import { type Command, Option } from "commander";

import { positiveInteger } from "./dataset-options.js";

/** How a model is run and searched, as the command line says it. */
export interface SearchFlags {
  beams?: number;
  maxLength?: number;
  threads?: number;
  provider: Provider;
  rules: SearchOptions["rules"];
}

/** @param what it writes: "translation" or "caption" */
export function addSearchOptions(command: Command, what: string): Command {
  return command
    .option("--beams <n>", "1 is greedy (default: the model's)", positiveInteger)
    .option("--max-length <n>", `longest ${what} in tokens (default: the model's)`, positiveInteger)
    .option("--threads <n>", "threads of the model (default: one per core)", positiveInteger)
    .addOption(
      new Option("--provider <provider>", "where the model is computed")
        .choices(["cpu", "cuda"])
        .default("cpu"),
    )
    .addOption(
      new Option("--rules <rules>", "beam search of transformers' PyTorch or Flax models")
        .choices(["hf", "hf-flax"])
        .default("hf"),
    );
}

/** What is not given comes from the model. */
export function searchOf({
  beams,
  maxLength,
  rules,
}: SearchFlags): Partial<SearchOptions> & Pick<SearchOptions, "rules"> {
  return {
    rules,
    ...(beams === undefined ? {} : { beams }),
    ...(maxLength === undefined ? {} : { maxLength }),
  };
}
