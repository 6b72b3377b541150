export { clipVisionMarianConfigSchema } from "./config/clip-vision-marian-config.js";
export type { ClipVisionMarianConfig } from "./config/clip-vision-marian-config.js";
export { readConfig } from "./config/read-config.js";
export { preprocess } from "./picture/preprocess.js";
export type { PictureTransform, PreprocessOptions } from "./picture/preprocess.js";
export { preprocessBatch } from "./picture/preprocess-batch.js";
