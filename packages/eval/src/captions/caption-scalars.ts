import type { CaptionEvaluation } from "./evaluate-captions.js";

/** An evaluation's numbers by TensorBoard tag. */
export function captionScalars(evaluation: CaptionEvaluation): Record<string, number> {
  const { scores, captions, loss, shuffled, comparison } = evaluation;
  const numbers: [string, number | null | undefined][] = [
    ["eval/loss", loss?.loss],
    ["eval/loss_seed", loss?.loss_seed],
    ...Object.entries(scores).map(([name, { score }]) => [`eval/${name}`, score] as [string, number]),
    ["eval/distinct_1", captions.distinct1],
    ["eval/distinct_2", captions.distinct2],
    ["eval/most_frequent_share", captions.mostFrequent?.share],
    ["eval/length_mean", captions.length.mean],
    ["eval_shuffled/loss", shuffled?.loss?.loss],
    ["eval_shuffled/loss_seed", shuffled?.loss?.loss_seed],
    ...Object.entries(shuffled?.scores ?? {}).map(
      ([name, score]) => [`eval_shuffled/${name}`, score] as [string, number],
    ),
    ...Object.entries(comparison?.scores ?? {}).map(
      ([name, { baseline }]) => [`eval_baseline/${name}`, baseline] as [string, number],
    ),
  ];
  return Object.fromEntries(
    numbers.filter((entry): entry is [string, number] => typeof entry[1] === "number"),
  );
}
