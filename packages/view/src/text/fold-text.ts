/**
 * Text as it is searched: lower case, without accents (`Niñó` becomes `nino`), so that either spelling finds the other.
 * Character by character: the folded form of two texts in a row is that of the one and that of the other in a row.
 */
export function foldText(text: string): string {
  // Most of a caption is plain letters, and a normalisation of it all takes many times as long.
  const plain = text.replace(/[^\0-\x7f]+/g, (run) => run.normalize("NFD").replace(/\p{M}+/gu, ""));
  // The one lower-case letter that depends on what follows it.
  return plain.toLowerCase().replaceAll("ς", "σ");
}
