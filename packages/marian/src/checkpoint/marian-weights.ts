import { checkWeights } from "./check-weights.js";
import { invalidModel } from "./invalid-model.js";
import type { MarianConfig } from "./read-marian-config.js";
import type { Tensor } from "./read-safetensors.js";

/** Where a checkpoint may keep the embedding that both sides and the output share. */
const embeddingNames = [
  "shared.weight",
  "encoder.embed_tokens.weight",
  "decoder.embed_tokens.weight",
  "lm_head.weight",
];

/** The weights of a Marian model by their Hugging Face names without the leading `model.`; all of them there, in shape and finite. */
export class MarianWeights {
  readonly #tensors: ReadonlyMap<string, Tensor>;

  /** @throws LeyendaError MODEL_INVALID naming the tensor */
  constructor(tensors: ReadonlyMap<string, Tensor>, config: MarianConfig, path: string) {
    const named = new Map([...tensors].map(([name, tensor]) => [name.replace(/^model\./, ""), tensor]));
    const [shared, ...others] = embeddingNames.filter((name) => named.has(name));
    const embedding = named.get(shared ?? "");
    if (embedding !== undefined) named.set("shared.weight", embedding);
    const untied = others.find((name) => !equal(named.get(name), embedding));
    if (untied !== undefined)
      throw invalidModel(
        path,
        `it is not the same as ${shared ?? ""}; only tied embeddings are supported`,
        `tensor ${untied}`,
      );
    checkWeights(named, config, path);
    this.#tensors = named;
  }

  get(name: string): Tensor {
    const found = this.#tensors.get(name);
    if (found === undefined)
      throw new Error(`the graph wants tensor ${name}, which is not among the checked`);
    return found;
  }

  /** The embedding that both sides and the output share: [vocabulary, width]. */
  embedding(): Float32Array {
    return this.get("shared.weight").data;
  }

  /** Added to the logits: [vocabulary]. */
  logitsBias(): Float32Array {
    return this.get("final_logits_bias").data;
  }
}

function equal(a: Tensor | undefined, b: Tensor | undefined): boolean {
  return (
    a?.data.length === b?.data.length && a?.data.every((value, index) => value === b?.data[index]) === true
  );
}
