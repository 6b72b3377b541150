/** What captions pictures in a browser, from the same folder and with the same code as in Node.js, whose modules none of this needs. */
export { captionWithWords } from "./caption-with-words.js";
export type { CaptionWithWords } from "./caption-with-words.js";
export { preparePixels } from "./picture/prepare-pixels.js";
export { PixelCaptioner } from "./pixel-captioner.js";
export { Vocabulary } from "@leyenda/marian/search";
