import type { BleuTokenizer } from "./bleu-summed.js";
import { nrefsOf, sacrebleuVersion } from "./sacrebleu-version.js";

/** How BLEU was computed, in sacrebleu's notation. */
export function bleuSignature(
  references: readonly (readonly string[])[],
  tokenize: BleuTokenizer,
  sampling = "",
): string {
  return `${nrefsOf(references)}|${sampling}case:mixed|eff:no|tok:${tokenize}|smooth:exp|version:${sacrebleuVersion}`;
}
