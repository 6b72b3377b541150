export { cleanImage } from "./clean-image.js";
export { defaultCleanOptions } from "./clean-options.js";
export type { CleanOptions } from "./clean-options.js";
export type { CleanedImage, CleanFailure, CleanResult } from "./clean-result.js";
export { resizeGeometry } from "./resize-geometry.js";
export type { Geometry } from "./resize-geometry.js";
export { selectRows } from "./select-rows.js";
export type { Selection, SelectionOptions, SelectionTable } from "./select-rows.js";
