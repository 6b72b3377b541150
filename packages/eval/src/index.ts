export { bleu } from "./metrics/bleu.js";
export type { BleuScore } from "./metrics/bleu.js";
export { chrf } from "./metrics/chrf.js";
export type { ChrfScore } from "./metrics/chrf.js";
export { tokenize13a } from "./metrics/tokenize-13a.js";
export { writeFetchReport } from "./write-fetch-report.js";
export { renderReport } from "./report/render-report.js";
export type { Count, HostRow, ReportData, SamplePicture } from "./report/report-data.js";
