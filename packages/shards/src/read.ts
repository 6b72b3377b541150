// What readers of a finished dataset need, without what makes, checks or publishes one.
export { registerArrowCodecs } from "./arrow-codecs.js";
export { openShard } from "./random-access/open-shard.js";
export { readRows } from "./read-rows.js";
export type { ReadRowsOptions } from "./read-rows.js";
