import { createCleanStage } from "./create-clean-stage.js";

/** See `createCleanStage`. */
export const stage = createCleanStage({ module: import.meta.url });
