import { datasetConfigSchema } from "@leyenda/core";

import {
  type CaptionTranslation,
  type FlaggedTranslation,
  type Search,
  translateCaptions,
  type TranslateCaptionsOptions,
} from "../translate-captions.js";
import { splitLines, type TextLine } from "./split-lines.js";

/** Lines translated together. */
const groupLines = 1024;

export interface TranslatedLine extends TextLine {
  /** One line, always; empty where the source is blank. */
  translation: FlaggedTranslation;
}

export interface TranslateLinesOptions {
  translate: TranslateCaptionsOptions["translate"];
  search?: Search;
}

const nothing: FlaggedTranslation = {
  text: "",
  score: 0,
  sourceTokens: 0,
  targetTokens: 0,
  truncated: false,
  unknown: 0,
  reachedMaxLength: false,
  flags: [],
};

/**
 * Translates a text line by line as it comes, in order: a translation for every line. Lines that are there together are
 * translated together, equal ones once; memory holds one group of them. Flags have the thresholds of a dataset's defaults.
 *
 * @param chunks UTF-8
 */
export async function* translateLines(
  chunks: AsyncIterable<Uint8Array>,
  { translate, search = {} }: TranslateLinesOptions,
): AsyncGenerator<TranslatedLine[]> {
  const { flags, policy } = datasetConfigSchema.shape.translate.parse({ model: "-" });
  for await (const lines of splitLines(chunks)) {
    for (let start = 0; start < lines.length; start += groupLines) {
      const group = lines.slice(start, start + groupLines);
      const sources = new Set(group.map(({ text }) => text).filter((text) => text.trim() !== ""));
      const { translations } = await translateCaptions([...sources], {
        translate: async (captions, how) => (await translate(captions, how)).map(onOneLine),
        search,
        flags,
        policy,
        retry: {},
      });
      yield group.map((line) => ({ ...line, translation: translations.get(line.text) ?? nothing }));
    }
  }
}

function onOneLine(translation: CaptionTranslation): CaptionTranslation {
  return { ...translation, text: translation.text.replaceAll(/[\r\n]+/g, " ") };
}
