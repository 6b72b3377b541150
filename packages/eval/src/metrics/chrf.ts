import { countNgrams } from "./count-ngrams.js";
import { splitWhitespace } from "./split-whitespace.js";

export interface ChrfScore {
  /** 0 to 100. */
  score: number;
  signature: string;
}

const characterOrder = 6;
const beta = 2;

/** Per order: n-grams of the hypothesis, of the reference, and in both. */
type Statistics = [hypothesis: number, reference: number, both: number][];

/**
 * Corpus chrF2 as sacrebleu 2 computes it: 1- to 6-grams of characters without white space, β = 2, and of several references the
 * one that suits the hypothesis best.
 *
 * @throws RangeError when the numbers of hypotheses and references differ
 */
export function chrf(hypotheses: readonly string[], references: readonly (readonly string[])[]): ChrfScore {
  if (hypotheses.length !== references.length) {
    throw new RangeError(`${hypotheses.length} hypotheses, but references for ${references.length}`);
  }
  const total: Statistics = Array.from({ length: characterOrder }, () => [0, 0, 0]);
  hypotheses.forEach((hypothesis, index) => {
    const candidates = (references[index] ?? []).map((reference) => statistics(hypothesis, reference));
    const [first = [], ...others] = candidates;
    const best = others.reduce((kept, each) => (fScore(each) > fScore(kept) ? each : kept), first);
    best.forEach((counts, order) => {
      const sum = total[order];
      if (sum !== undefined) counts.forEach((count, place) => (sum[place] = (sum[place] ?? 0) + count));
    });
  });
  const nrefs = new Set(references.map((each) => each.length));
  return {
    score: fScore(total),
    signature: `nrefs:${nrefs.size === 1 ? String([...nrefs][0]) : "var"}|case:mixed|eff:yes|nc:6|nw:0|space:no|version:2`,
  };
}

function statistics(hypothesis: string, reference: string): Statistics {
  const [ours, theirs] = [hypothesis, reference].map((text) => Array.from(splitWhitespace(text).join("")));
  return Array.from({ length: characterOrder }, (_, index) => {
    const hypothesisCounts = countNgrams(ours ?? [], index + 1);
    const referenceCounts = countNgrams(theirs ?? [], index + 1);
    let both = 0;
    let all = 0;
    for (const [ngram, count] of hypothesisCounts) {
      all += count;
      both += Math.min(count, referenceCounts.get(ngram) ?? 0);
    }
    const referenceAll = [...referenceCounts.values()].reduce((sum, count) => sum + count, 0);
    return [referenceAll === 0 ? 0 : all, referenceAll, both];
  });
}

/** Mean precision and recall over the orders that both sides have. */
function fScore(counts: Statistics): number {
  let [precision, recall, orders] = [0, 0, 0];
  for (const [hypothesis, reference, both] of counts) {
    if (hypothesis === 0 || reference === 0) continue;
    precision += both / hypothesis;
    recall += both / reference;
    orders += 1;
  }
  if (orders === 0 || precision + recall === 0) return 0;
  precision /= orders;
  recall /= orders;
  return (100 * (1 + beta ** 2) * precision * recall) / (beta ** 2 * precision + recall);
}
