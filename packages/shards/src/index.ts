export { rootHash } from "./root-hash.js";
export { divideSplit } from "./shard-name.js";
export type { ShardRange, Split } from "./shard-name.js";
export { verifyDataset } from "./verify/verify-dataset.js";
export type { Check, Problem, VerifyReport } from "./verify/verify-report.js";
export { shardFeatures, shardSchema } from "./write/shard-schema.js";
export type { ShardRow } from "./write/shard-schema.js";
export { writeShard } from "./write/write-shard.js";
