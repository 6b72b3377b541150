import { z } from "zod";

import { datasetConfigSchema } from "./dataset-config.js";

/** The JSON Schema of a dataset config, for editors and for the command line's options. */
export function datasetJsonSchema(): z.core.JSONSchema.JSONSchema {
  return z.toJSONSchema(datasetConfigSchema, { io: "input" });
}
