import { pythonWhitespace } from "./python-whitespace.js";
import { type PunktParameters, seen } from "./punkt-parameters.js";

/** Characters that no word of Punkt has within it. */
const nonWord = "[)\";}\\]*:@'({[!?]";
const severalMarks = `(?:-{2,}|\\.{2,}|(?:\\.[${pythonWhitespace}]){2,}\\.)`;
const words = new RegExp(
  `${severalMarks}|(?=[^("\`{[:;&#*@)}\\]\\-,])[^${pythonWhitespace}]+?` +
    `(?=[${pythonWhitespace}]|$|${nonWord}|${severalMarks}|,(?=$|[${pythonWhitespace}]|${nonWord}|${severalMarks}))` +
    `|[^${pythonWhitespace}]`,
  "gu",
);
const run = new RegExp(`[^${pythonWhitespace}]+`, "gu");
const isNonWord = new RegExp(`^${nonWord}$`);
const numeric = /^-?[.,]?\p{Nd}[\p{Nd},.-]*\.?$/u;
const initial = /^(?!\p{Nd})[\p{L}\p{N}_]\.$/u;
const closing = new RegExp(`^["')\\]}]+?(?:[${pythonWhitespace}]+|(?=--)|$)`);
const blank = new RegExp(`^[${pythonWhitespace}]*$`);
const upper = /^\p{Uppercase}/u;
const lower = /^\p{Lowercase}/u;

interface Token {
  text: string;
  /** Lower case; numbers are all of one type. */
  type: string;
  endsSentence: boolean;
  /** An abbreviation, or an ellipsis. */
  isShort: boolean;
}

interface Span {
  start: number;
  end: number;
}

/**
 * Splits a text into sentences as NLTK's `PunktSentenceTokenizer.tokenize` does (Kiss and Strunk 2006), closing quotes and brackets kept with
 * the sentence they close.
 */
export function splitSentences(text: string, parameters: PunktParameters): string[] {
  return realign(text, slices(text, parameters)).map(({ start, end }) => text.slice(start, end));
}

/** NLTK's pattern finds in a run of characters without white space the last mark that something may follow: one place a run. */
function slices(text: string, parameters: PunktParameters): Span[] {
  const runs = Array.from(text.matchAll(run), ({ 0: { length }, index }) => ({
    start: index,
    end: index + length,
  }));
  const found: Span[] = [];
  let begin = 0;
  for (const [place, { start, end }] of runs.entries()) {
    const next = runs[place + 1];
    for (let at = end - 1; at >= start; at -= 1) {
      if (!".?!".includes(text.charAt(at))) continue;
      const isLast = at + 1 === end;
      if (isLast ? next === undefined : !isNonWord.test(text.charAt(at + 1))) continue;
      const context = text.slice(start, isLast ? next?.end : at + 2);
      if (hasSentenceEnd(context, parameters)) {
        found.push({ start: begin, end: at + 1 });
        begin = isLast ? (next?.start ?? at + 1) : at + 1;
      }
      break;
    }
  }
  return [...found, { start: begin, end: runs.at(-1)?.end ?? 0 }];
}

function realign(text: string, spans: readonly Span[]): Span[] {
  const sentences: Span[] = [];
  let moved = 0;
  for (const [place, span] of spans.entries()) {
    const sentence = { start: span.start + moved, end: span.end };
    const next = spans[place + 1];
    const match = next === undefined ? null : closing.exec(text.slice(next.start, next.end));
    if (next !== undefined && match !== null) {
      const closed = match[0].replace(new RegExp(`[${pythonWhitespace}]+$`), "");
      sentences.push({ start: sentence.start, end: next.start + closed.length });
      moved = match[0].length;
    } else {
      moved = 0;
      if (sentence.start < sentence.end) sentences.push(sentence);
    }
  }
  return sentences;
}

/** Whether a sentence ends before the last token. */
function hasSentenceEnd(context: string, parameters: PunktParameters): boolean {
  const tokens = context
    .split("\n")
    .filter((line) => !blank.test(line))
    .flatMap((line) => line.match(words) ?? [])
    .map((token) => firstPass(token, parameters));
  return tokens.some((token, place) => {
    const next = tokens[place + 1];
    if (next === undefined) return false;
    secondPass(token, next, parameters);
    return token.endsSentence;
  });
}

/** What a token is, looked at alone. */
function firstPass(text: string, { abbreviations }: PunktParameters): Token {
  const small = text.toLowerCase();
  const token = { text, type: small.replace(numeric, "##number##"), endsSentence: false, isShort: false };
  if (text === "." || text === "?" || text === "!") token.endsSentence = true;
  else if (/^\.\.+$/.test(text)) token.isShort = true;
  else if (text.endsWith(".") && !text.endsWith("..")) {
    const bare = small.slice(0, -1);
    token.isShort = abbreviations.has(bare) || abbreviations.has(bare.slice(bare.lastIndexOf("-") + 1));
    token.endsSentence = !token.isShort;
  }
  return token;
}

/** Looks again at a token that ends in a full stop, and at the one after it. */
function secondPass(
  token: Token,
  next: Token,
  { collocations, orthography, starters }: PunktParameters,
): void {
  if (!token.text.endsWith(".")) return;
  const type = withoutStop(token.type);
  const nextType = next.endsSentence ? withoutStop(next.type) : next.type;
  if (collocations.has(`${type} ${nextType}`)) {
    token.endsSentence = false;
    return;
  }
  const isInitial = initial.test(token.text);
  const contexts = orthography.get(nextType) ?? 0;
  const starts = startsSentence(next, contexts);
  if (token.isShort && !isInitial && (starts === true || (upper.test(next.text) && starters.has(nextType)))) {
    token.endsSentence = true;
    return;
  }
  if (!isInitial && type !== "##number##") return;
  const isName = isInitial && upper.test(next.text) && (contexts & seen.lower) === 0;
  if (starts === false || (starts === null && isName)) token.endsSentence = false;
}

/** Whether a token starts a sentence, by how it is written and has been; null where that does not tell. */
function startsSentence({ text }: Token, contexts: number): boolean | null {
  if (";:,.!?".includes(text) && text.length === 1) return false;
  if (upper.test(text) && (contexts & seen.lower) !== 0 && (contexts & seen.upperInMiddle) === 0) return true;
  if (lower.test(text) && ((contexts & seen.upper) !== 0 || (contexts & seen.lowerAtBegin) === 0))
    return false;
  return null;
}

function withoutStop(type: string): string {
  return type.length > 1 && type.endsWith(".") ? type.slice(0, -1) : type;
}
