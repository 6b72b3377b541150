import { Tensor } from "onnxruntime-node";

import type { MarianConfig } from "../checkpoint/read-marian-config.js";
import { pickSentences, type Tensors } from "./batch-tensors.js";
import { type CacheMemory, DecoderCache } from "./decoder-cache.js";

export interface ScoreOptions {
  /** A step of a decoder that was built for scoring, see `buildDecoder`. */
  step: (inputs: Tensors) => Promise<Tensors>;
  config: MarianConfig;
  /** As for `decodeBatch`. Changed while it runs. */
  perSentence: Tensors;
  /** What each sentence is to say: tokens with `</s>`, without the start token. */
  targets: readonly (readonly number[])[];
  memory: CacheMemory;
}

/**
 * Says how likely given sentences are: each token's log probability after those before it ("teacher forcing").
 *
 * @returns for each target, a number for every token
 */
export async function scoreTargets({
  step,
  config,
  perSentence,
  targets,
  memory,
}: ScoreOptions): Promise<Float32Array[]> {
  const scores = targets.map(({ length }) => new Float32Array(length));
  const steps = Math.max(...targets.map(({ length }) => length));
  const past = new DecoderCache(config, targets.length, memory, { beams: 1, steps });
  let told = perSentence;
  let active = [...targets.keys()];
  for (let position = 0; active.length > 0; position += 1) {
    const left = [...active.keys()].filter((place) => (targets[active[place] ?? 0]?.length ?? 0) > position);
    if (left.length < active.length) {
      if (left.length === 0) break;
      told = pickSentences(told, left);
      past.keep(left);
      active = left.map((place) => active[place] ?? 0);
    }
    const at = (offset: number): Tensor =>
      new Tensor(
        "int32",
        Int32Array.from(active, (row) => targets[row]?.[position + offset] ?? config.startId),
        [active.length],
      );
    const made = await step({
      ids: at(-1),
      target: at(0),
      position: new Tensor("int32", Int32Array.of(position), [1]),
      count: new Tensor("int64", BigInt64Array.of(1n), [1]),
      ...told,
      ...past.feeds(),
    });
    const found = made.target_scores?.data as Float32Array | undefined;
    if (found === undefined) throw new Error("the graph gave no target_scores");
    for (const [place, row] of active.entries()) scores[row]?.set([found[place] ?? 0], position);
    past.append(made);
    past.reorder(1, new Uint8Array(active.length));
  }
  return scores;
}
