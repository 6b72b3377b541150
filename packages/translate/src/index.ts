export { flagTranslation } from "./flags/flag-translation.js";
export type { Flaggable, FlagThresholds } from "./flags/flag-translation.js";
export type { TextLine } from "./lines/split-lines.js";
export { translateLines } from "./lines/translate-lines.js";
export type { TranslatedLine, TranslateLinesOptions } from "./lines/translate-lines.js";
export type { CaptionTranslation, FlaggedTranslation, Search } from "./translate-captions.js";
export { stage } from "./translate-stage.js";
export { translateWith } from "./translate-with.js";
