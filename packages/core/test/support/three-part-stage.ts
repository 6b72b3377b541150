import { datasetConfigSchema } from "../../src/config/dataset-config.js";
import { sha256 } from "../../src/hash/sha256.js";
import { contentNaming } from "../../src/parts/attempt.js";
import type { Stage } from "../../src/stage/stage.js";

export const config = datasetConfigSchema.parse({
  name: "test",
  source: { path: "list.tsv" },
  select: { train: 1, validation: 1 },
  translate: { model: "model" },
});

/** A stage of three parts of two rows, in this process. */
export function threePartStage(rest: Pick<Stage, "run"> & Partial<Stage>): Stage {
  return {
    name: "fetch",
    folder: "fetched",
    module: import.meta.url,
    partsInFlight: 2,
    recordFolder: ".",
    naming: contentNaming,
    versions: () => ({}),
    options: () => ({ "fetch.setting": "a" }),
    plan: () =>
      Promise.resolve({
        parts: [0, 1, 2].map((index) => ({
          name: `part-0000${index}`,
          rows: 2,
          inputHash: sha256(`${index}`),
          input: index,
        })),
      }),
    ...rest,
  };
}
