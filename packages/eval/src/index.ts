export { bleu } from "./metrics/bleu.js";
export type { BleuScore } from "./metrics/bleu.js";
export { bleuSummed } from "./metrics/bleu-summed.js";
export type { BleuTokenizer } from "./metrics/bleu-summed.js";
export { chrf } from "./metrics/chrf.js";
export type { ChrfScore } from "./metrics/chrf.js";
export { chrfSummed } from "./metrics/chrf-summed.js";
export type { ChrfOptions } from "./metrics/chrf-summed.js";
export { ciderD } from "./metrics/cider-d.js";
export { distinctN } from "./metrics/distinct-n.js";
export { hfBleu } from "./metrics/hf-bleu.js";
export type { HfBleuScore } from "./metrics/hf-bleu.js";
export { hfBleuSummed } from "./metrics/hf-bleu-summed.js";
export { lengthStatistics } from "./metrics/length-statistics.js";
export type { LengthStatistics } from "./metrics/length-statistics.js";
export { mostFrequent } from "./metrics/most-frequent.js";
export { rougeL } from "./metrics/rouge-l.js";
export { meanScore, sumStatistics } from "./metrics/summed-score.js";
export type { SummedScore } from "./metrics/summed-score.js";
export { tokenize13a } from "./metrics/tokenize-13a.js";
export { tokenizeCaption } from "./metrics/tokenize-caption.js";
export { tokenizeIntl } from "./metrics/tokenize-intl.js";
export { tokenizeWords } from "./metrics/tokenize-words.js";
export { bootstrap } from "./significance/bootstrap.js";
export type { Interval } from "./significance/bootstrap.js";
export { pairedBootstrap } from "./significance/paired-bootstrap.js";
export type { PairedBootstrap } from "./significance/paired-bootstrap.js";
export { pairedRandomization } from "./significance/paired-randomization.js";
export { writeFetchReport } from "./write-fetch-report.js";
export { renderReport } from "./report/render-report.js";
export type { Count, HostRow, ReportData, SamplePicture } from "./report/report-data.js";
export { evaluateCaptioner } from "./captions/evaluate-captioner.js";
export type {
  EvaluatedSplit,
  EvaluateOptions,
  PictureRow,
  Prediction,
} from "./captions/evaluate-captioner.js";
export { evaluateCaptions } from "./captions/evaluate-captions.js";
export type { CaptionEvaluation, EvaluateCaptionsOptions } from "./captions/evaluate-captions.js";
export type { CaptionLoss } from "./captions/caption-loss.js";
export type { CaptionSet } from "./captions/caption-set.js";
export type { CaptionComparison } from "./captions/compare-captions.js";
export { pairCaptions } from "./captions/pair-captions.js";
export type { PairedCaptions } from "./captions/pair-captions.js";
export { readCaptions } from "./captions/read-captions.js";
export type { CaptionLine } from "./captions/read-captions.js";
export { renderScoreTable } from "./captions/render-score-table.js";
export type { CaptionFigures, CaptionResult } from "./captions/score-captions.js";
export { writeCaptionResults } from "./captions/write-caption-results.js";
export type { CaptionResultsOptions } from "./captions/write-caption-results.js";
export { writeScalars } from "./tensorboard/write-scalars.js";
export type { ScalarsOptions } from "./tensorboard/write-scalars.js";
export { thumbnail } from "./thumbnail.js";
