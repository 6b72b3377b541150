import { type Json, type TranslationFlag, translationFlags } from "@leyenda/core";

/** Figures of a part, or of all parts. A type, not an interface, so that it is JSON to the compiler as well. */
// eslint-disable-next-line @typescript-eslint/consistent-type-definitions -- see above
export type TranslateFacts = {
  /** Different captions, of each part. */
  captions: number;
  /** Captions translated a second time, as the policy asks. */
  retried: number;
  /** Of these, captions whose second translation was taken. */
  bettered: number;
  /** Rows by sign of a poor translation; signs that no row has are left out. */
  flags: Partial<Record<TranslationFlag, number>>;
  /** With a cache: captions that were looked up there, and that were found. They depend on what was there before. */
  cache?: { looked: number; found: number };
};

/** The figures of parts' records, added up. */
export function sumFacts(parts: readonly Record<string, Json>[]): TranslateFacts {
  const facts = parts as readonly TranslateFacts[];
  const sum = (of: (part: TranslateFacts) => number): number =>
    facts.reduce((total, part) => total + of(part), 0);
  const flags = translationFlags.map((flag) => [flag, sum((part) => part.flags[flag] ?? 0)] as const);
  return {
    captions: sum((part) => part.captions),
    retried: sum((part) => part.retried),
    bettered: sum((part) => part.bettered),
    flags: Object.fromEntries(flags.filter(([, count]) => count > 0)),
    ...(facts.some(({ cache }) => cache !== undefined)
      ? {
          cache: {
            looked: sum(({ cache }) => cache?.looked ?? 0),
            found: sum(({ cache }) => cache?.found ?? 0),
          },
        }
      : {}),
  };
}
