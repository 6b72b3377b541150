import { planFrom, planFromFetch, timedStage } from "./timed.mjs";

export const stage = timedStage({
  name: "clean",
  folder: "clean",
  module: import.meta.url,
  plan: planFromFetch,
  planFrom,
});
