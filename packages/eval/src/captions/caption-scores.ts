import { bleuSignature } from "../metrics/bleu-signature.js";
import { bleuSummed } from "../metrics/bleu-summed.js";
import { chrfSignature } from "../metrics/chrf-signature.js";
import { chrfSummed } from "../metrics/chrf-summed.js";
import { ciderD } from "../metrics/cider-d.js";
import { hfBleuSummed } from "../metrics/hf-bleu-summed.js";
import { rougeL } from "../metrics/rouge-l.js";
import { nrefsOf } from "../metrics/sacrebleu-version.js";
import { meanScore, type SummedScore } from "../metrics/summed-score.js";
import { tokenizeCaption } from "../metrics/tokenize-caption.js";
import type { CaptionSet } from "./caption-set.js";

/** A score by all its names. */
export interface NamedScore {
  /** In JSON and TensorBoard. */
  name: string;
  /** For people. */
  title: string;
  /** How it is computed. */
  signature: string;
  summed: SummedScore;
}

/** Every score of captions beside their references, ready to be computed for all of them and for resamples. */
export function captionScores({ hypotheses, references, labels = references }: CaptionSet): NamedScore[] {
  const nrefs = nrefsOf(references);
  const tokens = hypotheses.map(tokenizeCaption);
  const referenceTokens = references.map((each) => each.map(tokenizeCaption));
  return [
    ...hfBleuSummed(hypotheses, labels).map((summed, order) => ({
      name: `bleu_${order + 1}`,
      title: `BLEU-${order + 1}, as the original`,
      signature: `${nrefsOf(labels)}|tok:nltk-3.6.5-spanish|ref:shortest|smooth:none|order:${order + 1}`,
      summed,
    })),
    ...(["13a", "intl"] as const).map((tokenize) => ({
      name: tokenize === "13a" ? "sacrebleu" : "sacrebleu_intl",
      title: `sacreBLEU, ${tokenize}`,
      signature: bleuSignature(references, tokenize),
      summed: bleuSummed(hypotheses, references, { tokenize }),
    })),
    ...[0, 2].map((wordOrder) => ({
      name: wordOrder === 0 ? "chrf" : "chrf_plus_plus",
      title: wordOrder === 0 ? "chrF2" : "chrF2++",
      signature: chrfSignature(references, { wordOrder }),
      summed: chrfSummed(hypotheses, references, { wordOrder }),
    })),
    {
      name: "rouge_l",
      title: "ROUGE-L",
      signature: `${nrefs}|tok:words|beta:1.2|pycocoevalcap:1.2`,
      summed: meanScore(rougeL(tokens, referenceTokens)),
    },
    {
      name: "cider_d",
      title: "CIDEr-D",
      signature: `${nrefs}|tok:words|sigma:6|pycocoevalcap:1.2`,
      summed: meanScore(ciderD(tokens, referenceTokens)),
    },
  ];
}
