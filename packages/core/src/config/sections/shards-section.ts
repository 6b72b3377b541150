import { z } from "zod";

import { positive } from "./numbers.js";

/** What the finished dataset is written as. */
export const shardsSection = z.strictObject({
  rowsPerShard: positive.default(5_000),
  rowsPerBatch: positive.max(10_000).default(100).describe("Rows in an Arrow record batch"),
  license: z.string().min(1).default("other").describe("Licence identifier on the data card"),
});
