import { z } from "zod";

import { count } from "./numbers.js";

const captions = z.strictObject({
  minCharacters: count.default(0).describe("Fewest characters of a caption"),
  maxCharacters: count.default(0).describe("Most characters of a caption; 0 is no limit"),
  minWords: count.default(0).describe("Fewest words of a caption"),
  maxWords: count.default(0).describe("Most words of a caption; 0 is no limit"),
  languages: z
    .array(z.string().regex(/^[a-z]{2}$/, "expected a code of two letters such as en"))
    .default([])
    .describe("Keep captions of four words or more only in these languages (ISO 639-1); none keeps all"),
  boilerplate: z
    .boolean()
    .default(false)
    .describe('Drop captions that say nothing: file names, addresses, "image", "stock photo", …'),
  patterns: z
    .array(z.string().refine(isPattern, "expected a regular expression"))
    .default([])
    .describe("Drop captions in which one of these regular expressions is found; case does not matter"),
});

function isPattern(text: string): boolean {
  try {
    return new RegExp(text, "iu") instanceof RegExp;
  } catch {
    return false;
  }
}

/** Which rows are chosen, and for which split. */
export const selectSection = z.strictObject({
  train: count.describe("Rows in the train split, exactly"),
  validation: count.describe("Rows in the validation split, exactly"),
  seed: z.string().min(1).default("leyenda").describe("Ranks the rows together with their keys"),
  placeholderCaptions: count
    .default(10)
    .describe("A picture found under this many different captions is a placeholder; 0 keeps such pictures"),
  nearDuplicateBits: count
    .max(10)
    .default(4)
    .describe(
      "Bits of 64 in which both perceptual hashes of near duplicates may differ; 0 compares bytes only",
    ),
  exclude: z
    .array(z.string().min(1))
    .default([])
    .describe(
      "Lists of what must not be chosen, such as an evaluation set's pictures, relative to this file: a URL, SHA-256, key or DCT hash a line",
    ),
  captions: captions.prefault({}),
  memoryMegabytes: count
    .min(1)
    .default(4096)
    .describe(
      "Memory of the selection; where 82 bytes a row are more, rows are laid aside on disk. It changes no verdict",
    ),
});
