import { readFileSync } from "node:fs";

/** Where a word was seen while Punkt learned: at the begin or in the middle of a sentence or either, in upper or lower case. */
export const seen = {
  lowerAtBegin: 16,
  upperInMiddle: 4,
  upper: 2 | 4 | 8,
  lower: 16 | 32 | 64,
} as const;

/** What the sentence splitter knows of a language. Words are in lower case. */
export interface PunktParameters {
  /** Without their last full stop. */
  abbreviations: ReadonlySet<string>;
  /** Two words with a space between them: the first ends in a full stop that ends no sentence. */
  collocations: ReadonlySet<string>;
  /** Words that often start a sentence. */
  starters: ReadonlySet<string>;
  /** Sums of what is in `seen`, by word. */
  orthography: ReadonlyMap<string, number>;
}

let spanish: PunktParameters | null = null;

/** NLTK's parameters for Spanish; see `punkt/NOTICE.md` for their origin. Read once. */
export function spanishPunkt(): PunktParameters {
  spanish ??= read(new URL("../../punkt/spanish.json", import.meta.url));
  return spanish;
}

function read(path: URL): PunktParameters {
  const { abbreviations, collocations, starters, orthography } = JSON.parse(readFileSync(path, "utf8")) as {
    abbreviations: string[];
    collocations: [string, string][];
    starters: string[];
    orthography: Record<string, string>;
  };
  return {
    abbreviations: new Set(abbreviations),
    collocations: new Set(collocations.map((pair) => pair.join(" "))),
    starters: new Set(starters),
    orthography: new Map(
      Object.entries(orthography).flatMap(([contexts, words]) =>
        words.split(" ").map((word) => [word, Number(contexts)] as const),
      ),
    ),
  };
}
