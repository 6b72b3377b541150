/** What finds and scores text with a decoder's graph, wherever that runs: nothing here needs Node.js. */
export { attendTargets } from "./search/attend-targets.js";
export type { Tensors } from "./search/batch-tensors.js";
export { decodeBatch } from "./search/decode-batch.js";
export type { CacheMemory } from "./search/decoder-cache.js";
export { scoreTargets } from "./search/score-targets.js";
export type { SearchOptions } from "./search/sentence-search.js";
export { Vocabulary } from "./spm/vocabulary.js";
