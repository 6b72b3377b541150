/**
 * Text as it is searched: lower case, without accents (`Niñó` becomes `nino`), so that either spelling finds the other.
 * Character by character: the folded form of two texts in a row is that of the one and that of the other in a row.
 */
export function foldText(text: string): string {
  // The one lower-case letter that depends on what follows it.
  return text
    .normalize("NFD")
    .replace(/\p{M}+/gu, "")
    .toLowerCase()
    .replaceAll("ς", "σ");
}
