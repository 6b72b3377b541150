import { splitWhitespace } from "./split-whitespace.js";

/** Tokens of mteval-v14's international mode, as sacrebleu's `intl` has them: `¿ ¡ « »` are tokens of their own. */
export function tokenizeIntl(text: string): string[] {
  const spaced = text
    .replaceAll(/(\P{N})(\p{P})/gu, "$1 $2 ")
    .replaceAll(/(\p{P})(\P{N})/gu, " $1 $2")
    .replaceAll(/(\p{S})/gu, " $1 ");
  return splitWhitespace(spaced);
}
