export { behaviours } from "./behaviours.js";
export type { Behaviour } from "./behaviours.js";
export { generateLists } from "./generate-lists.js";
export { generateRows, samplePort } from "./generate-rows.js";
export type { SampleRow } from "./generate-rows.js";
export { renderPicture } from "./render-picture.js";
export type { PictureSpec } from "./render-picture.js";
export { startSampleWeb } from "./start-sample-web.js";
export type { SampleWeb } from "./start-sample-web.js";
