import type { Verdict } from "@leyenda/core";

/** What is asked of a caption. 0 and null ask nothing. */
export interface CaptionOptions {
  minCharacters: number;
  maxCharacters: number;
  minWords: number;
  maxWords: number;
  /** Drop captions that say nothing: those of `boilerplate` below. */
  boilerplate: boolean;
  /** Regular expressions of further captions to drop; case does not matter. */
  patterns: readonly string[];
  /** ISO 639-1 codes of languages to keep; none keeps all. */
  languages: readonly string[];
}

export type CaptionVerdict = Extract<Verdict, `caption_${string}`>;

/** Alternative texts that name no content: generic words, file names, the names that cameras give, addresses. */
const boilerplate = [
  /^(an? |the )?(image|picture|photo|photograph|pic|img|thumbnail|thumb|logo|icon|banner|avatar|screenshot|placeholder|spacer|untitled|slide|figure|default|null|undefined|n\/a|none)( ?[#:-]? ?\d+)?[.!]?$/iu,
  /^(stock|royalty[- ]free|product|profile|main|featured|hero|header|cover|blog|post|article|related|sample|default|no)[ -](image|photo|photos|photography|picture|pictures|thumbnail)s?( (not )?available)?( ?[#:-]? ?\d+)?[.!]?$/iu,
  /^(image|photo|picture)s? (not (available|found)|coming soon|unavailable|may contain.*|result for.*)[.!]?$/iu,
  /^\S+\.(jpe?g|png|gif|webp|avif|bmp|tiff?|svg|heic)$/iu,
  /^(img|dsc|dscn|dscf|pict|p|mvi|gopr|dji|image|photo|screenshot|screen shot|whatsapp image|unnamed|download)[ _-]?\d[\d _.:-]*(at \d[\d .:]*)?( ?\(\d+\))?$/iu,
  /^(https?:\/\/|www\.)\S+$/iu,
  /^(click (here|to (enlarge|view|zoom))|read more|loading|share|view (larger|full size)( image)?|enlarge|advertisement|photo by|image via|source)[.!:… ]*$/iu,
  /^[\p{P}\p{S}\p{N}\s]*$/u,
];

/** Shorter captions are not told a language: names are taken for any. */
const fewestWordsOfLanguage = 4;

/**
 * Makes the rules into a function from a caption to what speaks against it, or null.
 *
 * The language is ELD's answer (Nito-ELD, n-grams, small data), and counts where ELD calls it reliable and there are at least
 * four words.
 *
 * Lengths are Unicode code points, and words between white space, of the caption without white space at its ends.
 *
 * @returns null when nothing is asked of captions
 * @throws SyntaxError for a pattern that is no regular expression
 */
export async function captionRules(
  options: CaptionOptions,
): Promise<((caption: string) => CaptionVerdict | null) | null> {
  const { minCharacters, maxCharacters, minWords, maxWords } = options;
  const patterns = [
    ...(options.boilerplate ? boilerplate : []),
    ...options.patterns.map((pattern) => new RegExp(pattern, "iu")),
  ];
  const isForeign = await foreignTo(options.languages);
  const asksNothing = patterns.length === 0 && isForeign === null;
  if (asksNothing && [minCharacters, maxCharacters, minWords, maxWords].every((limit) => limit === 0))
    return null;
  return (raw) => {
    const caption = raw.trim();
    if (patterns.some((pattern) => pattern.test(caption))) return "caption_boilerplate";
    const characters = Array.from(caption).length;
    const words = caption === "" ? 0 : caption.split(/\s+/u).length;
    if (characters < minCharacters || words < minWords) return "caption_short";
    if (over(characters, maxCharacters) || over(words, maxWords)) return "caption_long";
    if (isForeign !== null && words >= fewestWordsOfLanguage && isForeign(caption)) return "caption_language";
    return null;
  };
}

async function foreignTo(languages: readonly string[]): Promise<((caption: string) => boolean) | null> {
  if (languages.length === 0) return null;
  // Its data take 150 MB: only for those who ask.
  const { eld } = await import("eld/small");
  return (caption) => {
    const result = eld.detect(caption);
    return result.isReliable() && !languages.includes(result.language);
  };
}

function over(value: number, most: number): boolean {
  return most > 0 && value > most;
}
