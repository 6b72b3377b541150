export { ArrowStreamEncoder } from "./arrow/arrow-stream-encoder.js";
export { binaryData } from "./arrow/binary-data.js";
export { columnData } from "./arrow/column-data.js";
export { ImageFiles } from "./arrow/image-files.js";
export type { ImagePlace } from "./arrow/image-files.js";
export { ImagesWriter } from "./arrow/images-writer.js";
export type { ImageRange } from "./arrow/images-writer.js";
export { readBatches } from "./arrow/read-batches.js";
export { readImages } from "./arrow/read-images.js";
export type { ImagesReader } from "./arrow/read-images.js";
export { rowRanker } from "./rows/row-ranker.js";
export type { RowRank } from "./rows/row-ranker.js";
export { openRows } from "./arrow/open-rows.js";
export type { RowsFile } from "./arrow/open-rows.js";
export { readRows } from "./arrow/read-rows.js";
export { RowsSpill } from "./arrow/rows-spill.js";
export { freshMemory } from "./arrow/take-memory.js";
export type { TakeMemory } from "./arrow/take-memory.js";
export { textData } from "./arrow/text-data.js";
export { valueOffsets } from "./arrow/value-offsets.js";
export { writeRows } from "./arrow/write-rows.js";
export type { ConfigOverride } from "./config/check-config.js";
export { datasetConfigSchema, fetchConfigSchema } from "./config/dataset-config.js";
export type { DatasetConfig, FetchConfig } from "./config/dataset-config.js";
export { datasetFolders } from "./config/dataset-folders.js";
export type { DatasetFolders } from "./config/dataset-folders.js";
export { datasetJsonSchema } from "./config/dataset-json-schema.js";
export { isContact } from "./config/is-contact.js";
export { loadDatasetConfig } from "./config/load-dataset-config.js";
export { makeFetchConfig } from "./config/make-fetch-config.js";
export type { FetchConfigInput } from "./config/make-fetch-config.js";
export { LeyendaError } from "./errors.js";
export type { ErrorCode, ErrorDetails } from "./errors.js";
export { hubStatusMayPass } from "./hub-status-may-pass.js";
export { checkHubFile } from "./hash/check-hub-file.js";
export type { HubFile } from "./hash/check-hub-file.js";
export { hashJson } from "./hash/hash-json.js";
export type { Json } from "./hash/hash-json.js";
export { rowKey } from "./hash/row-key.js";
export { sha256 } from "./hash/sha256.js";
export { findNearPairs } from "./near/find-near-pairs.js";
export { findNeighbours } from "./near/find-neighbours.js";
export { bandBits, hashDistance } from "./near/near-bands.js";
export type { Scratch } from "./near/near-bands.js";
export { outcomeClasses } from "./outcomes.js";
export type { Outcome, OutcomeClass } from "./outcomes.js";
export { addOutcomes } from "./parts/add-outcomes.js";
export { asyncBuffer } from "./parts/async-buffer.js";
export { contentNaming, isDeadAttempt, removeDeadAttempts } from "./parts/attempt.js";
export type { FileNaming } from "./parts/attempt.js";
export { isErrno } from "./parts/is-errno.js";
export { readManifest, requireManifest } from "./parts/manifest.js";
export type { Manifest, ManifestPart } from "./parts/manifest.js";
export { PartFile } from "./parts/part-file.js";
export type { FileEntry } from "./parts/part-file.js";
export { partRecordSchema } from "./parts/part-record.js";
export type { OutcomeCounts, PartRecord } from "./parts/part-record.js";
export { readJsonFile } from "./parts/read-json-file.js";
export { writeFileAtomically } from "./parts/write-file-atomically.js";
export { perceptualHash } from "./picture/perceptual-hash.js";
export type { PerceptualHash } from "./picture/perceptual-hash.js";
export type { Pixels } from "./picture/pixels.js";
export { readJpegHeader } from "./picture/read-jpeg-header.js";
export type { JpegHeader } from "./picture/read-jpeg-header.js";
export { cleanRowSchema } from "./rows/clean-row.js";
export type { CleanRow } from "./rows/clean-row.js";
export { fetchedRowSchema } from "./rows/fetched-row.js";
export type { FetchedRow } from "./rows/fetched-row.js";
export { selectionRowSchema } from "./rows/selection-row.js";
export type { MatchReason, SelectionRow, Verdict } from "./rows/selection-row.js";
export { translatedRowSchema } from "./rows/translated-row.js";
export type { TranslatedRow } from "./rows/translated-row.js";
export { translationFlags } from "./rows/translation-flags.js";
export type { TranslationFlag } from "./rows/translation-flags.js";
export { withProgress } from "./stage/with-progress.js";
export type { RowCounter } from "./stage/with-progress.js";
export { nameOptions } from "./stage/name-options.js";
export { reviseStage } from "./stage/revise-stage.js";
export type { ReviseStageOptions, StageRevision } from "./stage/revise-stage.js";
export { runLanes } from "./stage/run-lanes.js";
export type { Danger } from "./stage/danger.js";
export type { Executor, StageWork } from "./stage/executor.js";
export { ownProcessMaker } from "./stage/own-process-maker.js";
export type { PartMaker } from "./stage/part-maker.js";
export { findPart } from "./stage/find-part.js";
export type { SinglePart } from "./stage/find-part.js";
export { planSinglePart } from "./stage/plan-single-part.js";
export { fromWire, toWire } from "./stage/wire-error.js";
export type { WireError } from "./stage/worker-messages.js";
export { runStage } from "./stage/run-stage.js";
export type { RunStageOptions, StageRun } from "./stage/run-stage.js";
export { stageNames } from "./stage/stage.js";
export type {
  PartContext,
  PartPlan,
  PartProgress,
  PartResult,
  RowFailure,
  Stage,
  StageContext,
  StageEvent,
  StageName,
  StagePlan,
  WorkerState,
} from "./stage/stage.js";
export { isBucket } from "./store/is-bucket.js";
export { resolvePath } from "./store/resolve-path.js";
export { scratchFolder } from "./store/scratch-folder.js";
export { storeOf } from "./store/store-of.js";
export { temporaryName } from "./store/temporary-name.js";
export type { ListedFile, Store, StoredFile } from "./store/store.js";
export { sortRows } from "./words/sort-rows.js";
export type { Words } from "./words/words.js";
