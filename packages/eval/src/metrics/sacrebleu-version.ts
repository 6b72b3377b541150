/** The release of sacrebleu whose results ours are equal to; part of its signatures. */
export const sacrebleuVersion = "2.6.0";

/** The part of sacrebleu's signature that says how many references segments have. */
export function nrefsOf(references: readonly (readonly unknown[])[]): string {
  const numbers = new Set(references.map(({ length }) => length));
  return `nrefs:${numbers.size === 1 ? String([...numbers][0]) : "var"}`;
}
