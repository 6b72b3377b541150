import { spanishPunkt } from "./punkt-parameters.js";
import { pythonWhitespace } from "./python-whitespace.js";
import { splitSentences } from "./split-sentences.js";
import { splitWhitespace } from "./split-whitespace.js";

/** Python's `\w`, `\b` and `$`, which in JavaScript mean something else. */
const letter = "[\\p{L}\\p{N}_]";
const edge = `(?:(?<=${letter})(?!${letter})|(?<!${letter})(?=${letter}))`;
const end = "(?=\\n?$)";

type Rule = readonly [pattern: RegExp, replacement: string];
const rule = (pattern: string, replacement: string, flags = "gu"): Rule => [
  new RegExp(pattern, flags),
  replacement,
];

/** The substitutions of `NLTKWordTokenizer`, in its order. */
const rules: readonly Rule[] = [
  // Quotes that open.
  rule("([«“‘„]|`+)", " $1 "),
  rule('^"', "``"),
  rule("(``)", " $1 "),
  rule("([ ([{<])(\"|'{2})", "$1 `` "),
  rule(`(')(?!re|ve|ll|m|t|s|d|n)(${letter})${edge}`, "$1 $2", "giu"),
  // Punctuation.
  rule(`([^.])(\\.)([\\])}>"'»”’ ]*)[${pythonWhitespace}]*${end}`, "$1 $2 $3 "),
  rule("([:,])(\\P{Nd})", " $1 $2"),
  rule(`([:,])${end}`, " $1 "),
  rule("\\.{2,}", " $& "),
  rule("[;@#$%&]", " $& "),
  rule(`([^.])(\\.)([\\])}>"']*)[${pythonWhitespace}]*${end}`, "$1 $2$3 "),
  rule("[?!]", " $& "),
  rule("([^'])' ", "$1 ' "),
  rule("[*]", " $& "),
  rule("[\\][(){}<>]", " $& "),
  rule("--", " -- "),
];

/** Applied once the text has a space at both ends. */
const lastRules: readonly Rule[] = [
  // Quotes that close.
  rule("([»”’])", " $1 "),
  rule('"', " '' "),
  rule(`([^${pythonWhitespace}])('')`, "$1 $2 "),
  rule("([^' ])('[sS]|'[mM]|'[dD]|') ", "$1 $2 "),
  rule("([^' ])('ll|'LL|'re|'RE|'ve|'VE|n't|N'T) ", "$1 $2 "),
  // English contractions: NLTK takes them apart in any language.
  ...["(can)(not)", "(d)('ye)", "(gim)(me)", "(gon)(na)", "(got)(ta)", "(lem)(me)", "(more)('n)"].map(
    (word) => rule(`${edge}${word}${edge}`, " $1 $2 ", "giu"),
  ),
  rule(`${edge}(wan)(na)[${pythonWhitespace}]`, " $1 $2 ", "giu"),
  rule(` ('t)(is)${edge}`, " $1 $2 ", "giu"),
  rule(` ('t)(was)${edge}`, " $1 $2 ", "giu"),
];

/** Most captions: words, commas that a space follows, a full stop at the end. Few rules have anything to do there. */
const simple = /^[\p{L}\p{N}_ -]*(?:, [\p{L}\p{N}_ -]*)*\.?$/u;
const needsRules = /--|cannot|gimme|gonna|gotta|lemme|wanna/i;

/**
 * Tokens of `word_tokenize(text, language="spanish")` of NLTK up to 3.6.5, by which the original's BLEU was measured: Punkt's sentences, then
 * Treebank's rules for each. `¿` and `¡` stay on their words, `3,5` stays whole, and a full stop stays on its word within a sentence.
 */
export function tokenizeWords(text: string): string[] {
  // It has no mark but at its end, so it is one sentence.
  if (simple.test(text) && !needsRules.test(text))
    return splitWhitespace(text.replaceAll(",", " ,").replace(/\.$/, " ."));
  return splitSentences(text, spanishPunkt()).flatMap(tokenizeSentence);
}

function tokenizeSentence(sentence: string): string[] {
  const spaced = apply(rules, sentence);
  return splitWhitespace(apply(lastRules, ` ${spaced} `));
}

function apply(all: readonly Rule[], text: string): string {
  return all.reduce((result, [pattern, replacement]) => result.replace(pattern, replacement), text);
}
