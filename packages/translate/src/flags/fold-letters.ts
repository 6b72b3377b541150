/** A text without accents and in lower case: "México" and "mexico" are one. */
export function foldLetters(text: string): string {
  return text.normalize("NFD").replaceAll(/\p{M}/gu, "").toLowerCase();
}
