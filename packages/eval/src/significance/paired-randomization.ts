import { type SummedScore, sumStatistics } from "../metrics/summed-score.js";
import { Pcg64 } from "../random/pcg64.js";
import { joinColumns } from "./join-columns.js";
import { pValue } from "./p-value.js";
import { defaultSeed } from "./resample.js";

/** Segments whose sums are looked up together, and choices of them. */
const group = 4;
const options = 2 ** group;
/** Trials that are summed together: so many sums stay in the processor's nearest memory. */
const block = 64;

export interface RandomizationOptions {
  /** @default 10000 */
  trials?: number;
  /** From 0 to 2^32 − 1. @default 12345 */
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
  const pairs = system.map((score, place) => {
    const other = baseline[place];
    if (other?.segments !== segments || score.segments !== segments || other.width !== score.width)
      throw new RangeError("two systems are compared by the same scores of the same segments");
    return {
      ...{ of: score.of, ours: sumStatistics(score), theirs: sumStatistics(other) },
      byChance: new Float64Array(trials),
      // What a segment's exchange changes.
      values: other.statistics.map((value, at) => value - (score.statistics[at] ?? 0)),
      width: score.width,
    };
  });
  const { matrix, width, places } = joinColumns(segments, pairs);
  const table = sumsOfChoices(matrix, width, segments);
  const groups = Math.ceil(segments / group);
  const choices = new Uint8Array(block * groups);
  const random = new Pcg64(seed);
  const moved = new Float64Array(block * width);
  for (let first = 0; first < trials; first += block) {
    const count = Math.min(block, trials - first);
    for (let trial = 0; trial < count; trial += 1)
      draw(random, choices.subarray(trial * groups, (trial + 1) * groups), segments);
    lookUp(table, width, choices, groups, moved);
    for (let trial = 0; trial < count; trial += 1) {
      for (const [place, { of, ours, theirs, byChance }] of pairs.entries()) {
        const change = (at: number): number => {
          const column = places[place]?.[at] ?? -1;
          return column === -1 ? 0 : (moved[trial * width + column] ?? 0);
        };
        // A bit that is set leaves a segment's baseline with the baseline, as there.
        const a = ours.map((sum, at) => sum + change(at));
        const b = theirs.map((sum, at) => sum - change(at));
        byChance[first + trial] = Math.abs(of(a) - of(b));
      }
    }
  }
  return pairs.map(({ of, ours, theirs, byChance }) => pValue(byChance, Math.abs(of(theirs) - of(ours))));
}

/** A bit for each segment, in groups. */
function draw(random: Pcg64, choices: Uint8Array, segments: number): void {
  for (let at = 0; at < choices.length; at += 1)
    choices[at] = random.nextBits(Math.min(group, segments - at * group));
}

/** For each group of segments and each choice of them, the sum of their rows: [groups, options, width]. */
function sumsOfChoices(matrix: Float64Array, width: number, segments: number): Float64Array {
  const groups = Math.ceil(segments / group);
  const table = new Float64Array(groups * options * width);
  for (let at = 0; at < groups; at += 1)
    for (let choice = 1; choice < options; choice += 1) {
      // A choice is a smaller one and its highest segment.
      const highest = 31 - Math.clz32(choice);
      const entry = (at * options + choice) * width;
      const smaller = (at * options + (choice ^ (1 << highest))) * width;
      const row = (at * group + highest) * width;
      for (let place = 0; place < width; place += 1)
        table[entry + place] = (table[smaller + place] ?? 0) + (matrix[row + place] ?? 0);
    }
  return table;
}

/** The sums of a block of trials: [block, width]. */
function lookUp(
  table: Float64Array,
  width: number,
  choices: Uint8Array,
  groups: number,
  sums: Float64Array,
): void {
  sums.fill(0);
  for (let at = 0; at < groups; at += 1) {
    for (let trial = 0; trial < block; trial += 1) {
      const choice = choices[trial * groups + at] ?? 0;
      if (choice === 0) continue;
      const [start, entry] = [trial * width, (at * options + choice) * width];
      for (let place = 0; place < width; place += 1)
        sums[start + place] = (sums[start + place] ?? 0) + (table[entry + place] ?? 0);
    }
  }
}
