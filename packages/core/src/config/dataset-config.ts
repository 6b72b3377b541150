import { z } from "zod";

import { cleanSection } from "./sections/clean-section.js";
import { evalSection } from "./sections/eval-section.js";
import { fetchSection } from "./sections/fetch-section.js";
import { positive } from "./sections/numbers.js";
import { selectSection } from "./sections/select-section.js";
import { shardsSection } from "./sections/shards-section.js";
import { sourceSection } from "./sections/source-section.js";
import { translateSection } from "./sections/translate-section.js";

/** What downloading alone needs to know: the part of a dataset's config that `fetch` reads. */
export const fetchConfigSchema = z.strictObject({
  $schema: z.string().optional(),
  name: z.string().regex(/^[a-z0-9][a-z0-9._-]*$/, "expected lower-case letters, digits, '.', '_' and '-'"),
  source: sourceSection,
  fetch: fetchSection.prefault({}),
  workers: positive.max(1024).nullable().default(null).describe("Worker processes; null is one per core"),
});

export type FetchConfig = z.infer<typeof fetchConfigSchema>;

/** Everything that describes a dataset. Unknown keys are errors; paths are relative to the file. */
export const datasetConfigSchema = fetchConfigSchema.extend({
  clean: cleanSection.prefault({}),
  select: selectSection,
  translate: translateSection,
  shards: shardsSection.prefault({}),
  eval: evalSection.prefault({}),
});

export type DatasetConfig = z.infer<typeof datasetConfigSchema>;
