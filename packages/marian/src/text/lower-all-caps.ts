/** Words that stay: acronyms alone do not make a text shout. */
const fewestWords = 2;

/**
 * A text in nothing but capitals as a sentence: models that have hardly seen capitals spell such words letter by letter. Texts with any
 * lower-case letter, and single words, are left as they are.
 */
export function lowerAllCaps(text: string): string {
  const words = text.match(/\p{L}{2,}/gu) ?? [];
  if (words.length < fewestWords || /\p{Ll}/u.test(text)) return text;
  const lower = text.toLowerCase();
  return lower.replace(/\p{L}/u, (first) => first.toUpperCase());
}
