import { expect } from "vitest";

import { bleu } from "../src/metrics/bleu.js";
import { bleuSummed, type BleuTokenizer } from "../src/metrics/bleu-summed.js";
import { chrf } from "../src/metrics/chrf.js";
import { chrfSummed } from "../src/metrics/chrf-summed.js";
import { ciderD } from "../src/metrics/cider-d.js";
import { hfBleu } from "../src/metrics/hf-bleu.js";
import { rougeL } from "../src/metrics/rouge-l.js";
import { meanScore, type SummedScore, sumStatistics } from "../src/metrics/summed-score.js";
import { tokenizeCaption } from "../src/metrics/tokenize-caption.js";
import { bootstrap } from "../src/significance/bootstrap.js";
import { pairedBootstrap } from "../src/significance/paired-bootstrap.js";
import { pairedRandomization } from "../src/significance/paired-randomization.js";

interface SacreScore {
  score: number;
  signature: string;
  /** Of the resamples. */
  mean: number;
  margin: number;
  precisions?: number[];
  bp?: number;
  sysLen?: number;
  refLen?: number;
}

interface SegmentScores {
  mean: number | null;
  segments?: number[] | null;
}

interface Compared {
  baseline: number;
  system: number;
  pOfRandomization: number;
  pOfBootstrap: number;
  mean: number;
  margin: number;
}

const sacreNames = ["bleu", "bleuIntl", "chrf", "chrfPlusPlus"] as const;
type SacreName = (typeof sacreNames)[number];

/** What Python's programs say of a system. */
export type ExpectedScores = Record<SacreName, SacreScore> & {
  /** Null where it divides by zero. */
  hf: {
    scores: number[];
    precisions: number[];
    brevityPenalty: number;
    hypothesisLength: number;
    referenceLength: number;
  } | null;
  rougeL: SegmentScores;
  ciderD: SegmentScores;
  compared?: Record<SacreName, Compared>;
};

export interface Systems {
  hypotheses: readonly string[];
  references: readonly (readonly string[])[];
  baseline?: readonly string[];
}

type Texts = readonly string[];
type References = readonly (readonly string[])[];

/** Checks all scores of a system to 1e-9, and those of resamples to 1e-6. */
export function expectScores({ hypotheses, references, baseline }: Systems, expected: ExpectedScores): void {
  const ours = hfBleu(hypotheses, references);
  if (expected.hf === null) expect(ours.scores).toEqual([0, 0, 0, 0]);
  else {
    expectClose(ours.scores, expected.hf.scores);
    expectClose(ours.precisions, expected.hf.precisions);
    expect(ours.brevityPenalty).toBeCloseTo(expected.hf.brevityPenalty, 9);
    expect(ours).toMatchObject({
      hypothesisLength: expected.hf.hypothesisLength,
      referenceLength: expected.hf.referenceLength,
    });
  }
  for (const [name, tokenize] of [
    ["bleu", "13a"],
    ["bleuIntl", "intl"],
  ] as [SacreName, BleuTokenizer][]) {
    const found = bleu(hypotheses, references, { tokenize });
    const { score, precisions = [], bp = 0, sysLen, refLen, signature } = expected[name];
    expect(found.score).toBeCloseTo(score, 9);
    expectClose(found.precisions, precisions);
    expect(found.brevityPenalty).toBeCloseTo(bp, 9);
    expect(found).toMatchObject({ hypothesisLength: sysLen, referenceLength: refLen, signature });
  }
  for (const [name, wordOrder] of [
    ["chrf", 0],
    ["chrfPlusPlus", 2],
  ] as [SacreName, number][]) {
    const found = chrf(hypotheses, references, { wordOrder });
    expect(found.score).toBeCloseTo(expected[name].score, 9);
    expect(found.signature).toBe(expected[name].signature);
  }
  const tokens = hypotheses.map(tokenizeCaption);
  const referenceTokens = references.map((each) => each.map(tokenizeCaption));
  expectSegments(rougeL(tokens, referenceTokens), expected.rougeL);
  expectSegments(ciderD(tokens, referenceTokens), expected.ciderD);

  const summed = sacreScores(hypotheses, references);
  for (const [place, interval] of bootstrap(summed).entries()) {
    const { mean, margin } = expected[sacreNames[place] ?? "bleu"];
    expect(interval.mean).toBeCloseTo(mean, 6);
    expect(interval.margin).toBeCloseTo(margin, 6);
  }
  if (expected.compared === undefined || baseline === undefined) return;
  const summedBaseline = sacreScores(baseline, references);
  const randomized = pairedRandomization(summedBaseline, summed);
  for (const [place, paired] of pairedBootstrap(summedBaseline, summed).entries()) {
    const { pOfRandomization, pOfBootstrap, system, mean, margin } =
      expected.compared[sacreNames[place] ?? "bleu"];
    expect(paired.score).toBeCloseTo(system, 9);
    expect(randomized[place]).toBeCloseTo(pOfRandomization, 9);
    expect(paired.p).toBeCloseTo(pOfBootstrap, 9);
    expect(paired.interval.mean).toBeCloseTo(mean, 6);
    expect(paired.interval.margin).toBeCloseTo(margin, 6);
  }
}

function sacreScores(hypotheses: Texts, references: References): SummedScore[] {
  return [
    bleuSummed(hypotheses, references, { tokenize: "13a" }),
    bleuSummed(hypotheses, references, { tokenize: "intl" }),
    chrfSummed(hypotheses, references),
    chrfSummed(hypotheses, references, { wordOrder: 2 }),
  ];
}

function expectSegments(found: Float64Array, { mean, segments }: SegmentScores): void {
  const score = meanScore(found);
  expect(score.of(sumStatistics(score))).toBeCloseTo(mean ?? 0, 9);
  if (segments !== undefined && segments !== null) expectClose([...found], segments);
}

function expectClose(found: readonly number[], expected: readonly number[]): void {
  expect(found).toHaveLength(expected.length);
  for (const [place, value] of found.entries()) expect(value).toBeCloseTo(expected[place] ?? NaN, 9);
}
