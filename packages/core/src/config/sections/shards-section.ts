import { z } from "zod";

import { positive } from "./numbers.js";

/** What the finished dataset is written as. */
export const shardsSection = z.strictObject({
  rowsPerShard: positive.default(5_000).describe("Most rows in a shard"),
  bytesPerShard: positive
    .default(500_000_000)
    .describe(
      "Most bytes in a shard; shards of a split differ by one row at the most, whichever limit decides",
    ),
  rowsPerBatch: positive.max(10_000).default(100).describe("Rows in an Arrow record batch"),
  compression: z
    .enum(["none", "lz4", "zstd"])
    .default("none")
    .describe("Compression of the Arrow buffers; pictures, which it cannot make smaller, stay as they are"),
  about: z
    .strictObject({
      citation: z
        .string()
        .min(1)
        .nullable()
        .default(null)
        .describe("How to cite the dataset: text or BibTeX"),
      homepage: z.url().nullable().default(null).describe("Where there is more about it"),
      creators: z.array(z.string().min(1)).default([]).describe("Who made it"),
      published: z.iso.date().nullable().default(null).describe("When it was published, such as 2026-01-31"),
    })
    .prefault({})
    .describe("What the card and the Croissant description say of who made the dataset"),
  license: z.string().min(1).default("other").describe("Licence identifier on the data card"),
});
