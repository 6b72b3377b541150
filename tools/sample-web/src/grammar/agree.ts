import type { Adjective, Noun } from "./words.js";

/** "a red car", "an old house" */
export function englishSingular(noun: Noun, ...adjectives: readonly Adjective[]): string {
  const words = [...adjectives.map(({ en }) => en), noun.en].join(" ");
  return `${/^[aeiou]/.test(words) ? "an" : "a"} ${words}`;
}

/** "un coche rojo", "una casa vieja" */
export function spanishSingular(noun: Noun, ...adjectives: readonly Adjective[]): string {
  return [noun.gender === "m" ? "un" : "una", noun.es, ...adjectives.map((each) => each[noun.gender])].join(
    " ",
  );
}

/** "el coche rojo", "la casa vieja" */
export function spanishDefinite(noun: Noun, ...adjectives: readonly Adjective[]): string {
  return [noun.gender === "m" ? "el" : "la", noun.es, ...adjectives.map((each) => each[noun.gender])].join(
    " ",
  );
}

/** "red cars" */
export function englishPlural(noun: Noun, ...adjectives: readonly Adjective[]): string {
  return [...adjectives.map(({ en }) => en), noun.ens].join(" ");
}

/** "coches rojos", "casas viejas" */
export function spanishPlural(noun: Noun, ...adjectives: readonly Adjective[]): string {
  const form = noun.gender === "m" ? "ms" : "fs";
  return [noun.ess, ...adjectives.map((each) => each[form])].join(" ");
}
