import { characterOrder, type ChrfOptions } from "./chrf-summed.js";
import { nrefsOf, sacrebleuVersion } from "./sacrebleu-version.js";

/** How chrF was computed, in sacrebleu's notation. */
export function chrfSignature(
  references: readonly (readonly string[])[],
  { wordOrder = 0 }: ChrfOptions = {},
  sampling = "",
): string {
  return `${nrefsOf(references)}|${sampling}case:mixed|eff:yes|nc:${characterOrder}|nw:${wordOrder}|space:no|version:${sacrebleuVersion}`;
}
