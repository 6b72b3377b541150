import { z } from "zod";

import { count } from "./numbers.js";

/** What the report holds. */
export const evalSection = z.strictObject({
  references: z
    .string()
    .min(1)
    .nullable()
    .default(null)
    .describe("Tab-separated url, caption, human translation; rows found there are scored"),
  captioner: z
    .string()
    .min(1)
    .nullable()
    .default(null)
    .describe(
      "Folder of a converted caption model; it is scored on the validation split, and beside shuffled pictures",
    ),
  samplePictures: count.max(500).default(24).describe("Pictures shown in the report"),
});
