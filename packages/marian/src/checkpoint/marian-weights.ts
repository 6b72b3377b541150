import { checkWeights } from "./check-weights.js";
import { invalidModel } from "./invalid-model.js";
import type { MarianConfig } from "./read-marian-config.js";
import type { Tensor } from "./read-safetensors.js";

/** Tables that are one, by the names that a checkpoint may keep it under. The first is the one that it gets. */
type Tied = readonly [string, ...string[]];

const [shared, source, target, output] = [
  "shared.weight",
  "encoder.embed_tokens.weight",
  "decoder.embed_tokens.weight",
  "lm_head.weight",
] as const;

/** The weights of a Marian model by their Hugging Face names without the leading `model.`; all of them there, in shape and finite. */
export class MarianWeights {
  readonly #tensors: ReadonlyMap<string, Tensor>;
  readonly #isShared: boolean;
  readonly #isTied: boolean;

  /** @throws LeyendaError MODEL_INVALID naming the tensor */
  constructor(tensors: ReadonlyMap<string, Tensor>, config: MarianConfig, path: string) {
    const named = new Map([...tensors].map(([name, tensor]) => [name.replace(/^model\./, ""), tensor]));
    this.#isShared = config.sourceVocabularySize === null;
    this.#isTied = config.tiedOutput;
    const words: Tied = this.#isShared ? [shared, source, target] : [target];
    tie(named, this.#isTied ? [...words, output] : words, path);
    checkWeights(named, config, path);
    this.#tensors = named;
  }

  get(name: string): Tensor {
    const found = this.#tensors.get(name);
    if (found === undefined)
      throw new Error(`the graph wants tensor ${name}, which is not among the checked`);
    return found;
  }

  /** The decoder's embedding, and the encoder's where they share it: [vocabulary, width]. */
  embedding(): Float32Array {
    return this.get(this.#isShared ? shared : target).data;
  }

  /** The encoder's embedding: [source vocabulary, width]. */
  sourceEmbedding(): Float32Array {
    return this.#isShared ? this.embedding() : this.get(source).data;
  }

  /** What the decoder's output is multiplied with: [vocabulary, width]. */
  outputEmbedding(): Float32Array {
    return this.#isTied ? this.embedding() : this.get(output).data;
  }

  /** Added to the logits: [vocabulary]. */
  logitsBias(): Float32Array {
    return this.get("final_logits_bias").data;
  }
}

/** @throws LeyendaError MODEL_INVALID where a checkpoint holds two, and they differ */
function tie(tensors: Map<string, Tensor>, names: Tied, path: string): void {
  const [first, ...others] = names.filter((name) => tensors.has(name));
  const embedding = tensors.get(first ?? "");
  if (first === undefined || embedding === undefined) return;
  tensors.set(names[0], embedding);
  const untied = others.find((name) => !equal(tensors.get(name), embedding));
  if (untied !== undefined)
    throw invalidModel(
      path,
      `it is not the same as ${first}, though the configuration says that they are tied embeddings`,
      `tensor ${untied}`,
    );
}

function equal(a: Tensor | undefined, b: Tensor | undefined): boolean {
  return (
    a?.data.length === b?.data.length && a?.data.every((value, index) => value === b?.data[index]) === true
  );
}
