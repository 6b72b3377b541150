import { type SummedScore, sumStatistics } from "../metrics/summed-score.js";
import { Pcg64 } from "../random/pcg64.js";
import { groupScores } from "./group-scores.js";
import { pValue } from "./p-value.js";
import { defaultSeed } from "./resample.js";

/** Segments whose sums are looked up together, and choices of them. */
const group = 4;
const options = 2 ** group;

export interface RandomizationOptions {
  /** @default 10000 */
  trials?: number;
  /** @default 12345 */
  seed?: number;
}

/**
 * Paired approximate randomisation of two systems (Riezler and Maxwell 2005), two-sided, as sacrebleu computes it: in each trial, segments
 * are exchanged between the systems by the flip of a coin, the same for every score.
 *
 * @param baseline scores of the system that is compared with
 * @param system the same scores of the other system, on the same segments
 * @returns how likely at least each difference is to come about by chance
 */
export function pairedRandomization(
  baseline: readonly SummedScore[],
  system: readonly SummedScore[],
  { trials = 10_000, seed = defaultSeed }: RandomizationOptions = {},
): number[] {
  const segments = system[0]?.segments ?? 0;
  const differences = system.map(() => new Float64Array(trials));
  const pairs = groupScores(system).map((places) => {
    const [score, other] = [system[places[0] ?? 0], baseline[places[0] ?? 0]];
    if (score === undefined || other?.segments !== score.segments || other.width !== score.width)
      throw new RangeError("two systems are compared by the same scores of the same segments");
    return {
      ...{ places, width: score.width, ours: sumStatistics(score), theirs: sumStatistics(other) },
      table: differenceTable(score, other),
    };
  });
  const choices = new Uint8Array(Math.ceil(segments / group));
  const random = new Pcg64(seed);
  for (let trial = 0; trial < trials; trial += 1) {
    draw(random, choices, segments);
    for (const { places, width, ours, theirs, table } of pairs) {
      // A bit that is set leaves a segment's baseline with the baseline, as there.
      const moved = lookUp(table, choices, width);
      const a = ours.map((sum, place) => sum + (moved[place] ?? 0));
      const b = theirs.map((sum, place) => sum - (moved[place] ?? 0));
      for (const place of places) {
        const of = system[place]?.of;
        const results = differences[place];
        if (of !== undefined && results !== undefined) results[trial] = Math.abs(of(a) - of(b));
      }
    }
  }
  return system.map((score, place) => {
    const [other, byChance] = [baseline[place], differences[place]];
    if (other === undefined || byChance === undefined) throw new RangeError("the baseline lacks a score");
    return pValue(byChance, Math.abs(other.of(sumStatistics(other)) - score.of(sumStatistics(score))));
  });
}

function draw(random: Pcg64, choices: Uint8Array, segments: number): void {
  choices.fill(0);
  for (let segment = 0; segment < segments; segment += 1) {
    const at = Math.floor(segment / group);
    choices[at] = (choices[at] ?? 0) | (random.nextBit() << (segment % group));
  }
}

/** For each group of segments and each choice of them, the sum of their differences baseline − system: [groups, options, width]. */
function differenceTable(score: SummedScore, other: SummedScore): Float64Array {
  const { segments, width } = score;
  const groups = Math.ceil(segments / group);
  const table = new Float64Array(groups * options * width);
  for (let at = 0; at < groups; at += 1)
    for (let choice = 1; choice < options; choice += 1) {
      // A choice is a smaller one and its highest segment.
      const highest = 31 - Math.clz32(choice);
      const entry = (at * options + choice) * width;
      const smaller = (at * options + (choice ^ (1 << highest))) * width;
      const segment = (at * group + highest) * width;
      for (let place = 0; place < width; place += 1)
        table[entry + place] =
          (table[smaller + place] ?? 0) +
          (other.statistics[segment + place] ?? 0) -
          (score.statistics[segment + place] ?? 0);
    }
  return table;
}

function lookUp(table: Float64Array, choices: Uint8Array, width: number): Float64Array {
  const sums = new Float64Array(width);
  for (let at = 0; at < choices.length; at += 1) {
    const entry = (at * options + (choices[at] ?? 0)) * width;
    for (let place = 0; place < width; place += 1)
      sums[place] = (sums[place] ?? 0) + (table[entry + place] ?? 0);
  }
  return sums;
}
