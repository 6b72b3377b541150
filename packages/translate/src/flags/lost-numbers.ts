import { foldLetters } from "./fold-letters.js";
import { splitWords } from "./split-words.js";

/** Spanish for small numbers, without accents; an ordinal's digits ("1st") may come out as a word too. */
const spelled: Readonly<Record<string, readonly string[]>> = {
  "0": ["cero"],
  "1": ["un", "uno", "una", "primer", "primero", "primera"],
  "2": ["dos", "segundo", "segunda"],
  "3": ["tres", "tercer", "tercero", "tercera"],
  "4": ["cuatro", "cuarto", "cuarta"],
  "5": ["cinco", "quinto", "quinta"],
  "6": ["seis", "sexto", "sexta"],
  "7": ["siete", "septimo", "septima"],
  "8": ["ocho", "octavo", "octava"],
  "9": ["nueve", "noveno", "novena"],
  "10": ["diez", "decimo", "decima"],
  "11": ["once"],
  "12": ["doce"],
  "15": ["quince"],
  "20": ["veinte"],
  "100": ["cien", "ciento"],
  "1000": ["mil"],
};

/** Digits with marks between them: 1,000 or 1.5 or 3. */
const number = /\d+(?:[.,\u00a0\u202f]\d+)*/g;

/**
 * Numbers of the source, as written there, that the translation does not have. Marks between digits do not count (1,000 is
 * 1.000, and 1.5 is 1,5; "1,2,3" is also 1 and 2 and 3), and small numbers may be spelled out.
 */
export function lostNumbers(source: string, target: string): string[] {
  const present = new Set((target.match(number) ?? []).flatMap((each) => [digits(each), ...parts(each)]));
  const words = new Set(splitWords(foldLetters(target)));
  const has = (value: string): boolean =>
    present.has(value) || (spelled[value] ?? []).some((word) => words.has(word));
  return [...new Set(source.match(number) ?? [])].filter(
    (each) => !has(digits(each)) && !parts(each).every((part) => has(part)),
  );
}

function digits(text: string): string {
  return text.replaceAll(/\D/g, "");
}

function parts(text: string): string[] {
  return text.split(/\D/);
}
