import { hash, listOf, slowStage } from "./listed.mjs";

export const stage = slowStage(
  {
    name: "fetch",
    folder: "fetched",
    module: import.meta.url,
    plan: ({ config }) =>
      Promise.resolve({
        parts: Array.from({ length: listOf(config).parts }, (_, index) => ({
          name: `part-${String(index).padStart(5, "0")}`,
          rows: 10,
          inputHash: hash(String(index)),
          input: index,
        })),
      }),
  },
  ({ input }) => `row ${input}`,
);
