import { plannedParts, timedStage } from "./timed.mjs";

export const stage = timedStage({
  name: "fetch",
  folder: "fetched",
  module: import.meta.url,
  plan: ({ config }) => Promise.resolve({ parts: plannedParts(config) }),
});
