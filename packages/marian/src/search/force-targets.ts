import { Tensor } from "onnxruntime-common";

import type { MarianConfig } from "../checkpoint/read-marian-config.js";
import { pickSentences, type Tensors } from "./batch-tensors.js";
import { type CacheMemory, DecoderCache } from "./decoder-cache.js";

export interface ForceOptions {
  /** A step of a decoder that was built for scoring, see `buildDecoder`. */
  step: (inputs: Tensors) => Promise<Tensors>;
  config: MarianConfig;
  /** As for `decodeBatch`. Changed while it runs. */
  perSentence: Tensors;
  /** What each sentence is to say: tokens with `</s>`, without the start token. */
  targets: readonly (readonly number[])[];
  memory: CacheMemory;
}

/** What a step made of the sentences that have a token at its position. */
export interface ForcedStep {
  position: number;
  /** Sentences by their index, in the order of the tensors' rows. */
  active: readonly number[];
  made: Readonly<Record<string, Tensor | undefined>>;
}

/** Has a decoder say given sentences, one token of each at a time ("teacher forcing"). */
export async function* forceTargets({
  step,
  config,
  perSentence,
  targets,
  memory,
}: ForceOptions): AsyncGenerator<ForcedStep, void, undefined> {
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
    yield { position, active, made };
    past.append(made);
    past.reorder(1, new Uint8Array(active.length));
  }
}
