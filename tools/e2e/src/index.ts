export { checkDataFolder, rootHash } from "./check-data-folder.js";
export { readRecordedWeb } from "./recorded-web.js";
export type { RecordedRow } from "./recorded-web.js";
export { killGroup, runLeyenda, startLeyenda } from "./run-leyenda.js";
export type { LeyendaRun } from "./run-leyenda.js";
export { serveRecordedWeb } from "./serve-recorded-web.js";
export type { RecordedWeb } from "./serve-recorded-web.js";
export { makeSmallSample } from "./small-sample.js";
export type { SmallSample, SmallSampleOptions } from "./small-sample.js";
