import { LeyendaError } from "@leyenda/core";

import type { MarianConfig } from "./read-marian-config.js";
import type { Tensor } from "./read-safetensors.js";

/** The weights of a Marian model by their Hugging Face names without the leading `model.`; every look-up is checked. */
export class MarianWeights {
  readonly #tensors: ReadonlyMap<string, Tensor>;
  readonly #path: string;
  readonly #config: MarianConfig;

  constructor(tensors: ReadonlyMap<string, Tensor>, config: MarianConfig, path: string) {
    this.#tensors = tensors;
    this.#config = config;
    this.#path = path;
  }

  /** @throws LeyendaError MODEL_INVALID when there is no such tensor */
  get(name: string): Tensor {
    const found = this.#tensors.get(`model.${name}`) ?? this.#tensors.get(name);
    if (found === undefined) throw this.#invalid(name, "the tensor is missing");
    if (name.endsWith(".weight") && found.shape.length === 2 && found.shape.some((side) => side === 0)) {
      throw this.#invalid(name, "the tensor is empty");
    }
    return found;
  }

  /** The embedding that both sides and the output share: [vocabulary, width]. */
  embedding(): Float32Array {
    const { vocabularySize, width } = this.#config;
    const names = ["shared.weight", "encoder.embed_tokens.weight", "decoder.embed_tokens.weight"];
    const name = names.find((each) => this.#tensors.has(`model.${each}`)) ?? "shared.weight";
    return this.#shaped(name, [vocabularySize, width]);
  }

  /** Added to the logits: [vocabulary]. */
  logitsBias(): Float32Array {
    return this.#shaped("final_logits_bias", [1, this.#config.vocabularySize]);
  }

  #shaped(name: string, shape: readonly number[]): Float32Array {
    const tensor = this.get(name);
    if (tensor.shape.join() !== shape.join()) {
      throw this.#invalid(name, `its shape is [${tensor.shape.join(", ")}], expected [${shape.join(", ")}]`);
    }
    return tensor.data;
  }

  #invalid(name: string, problem: string): LeyendaError {
    return new LeyendaError("MODEL_INVALID", problem, {
      where: `${this.#path}, tensor ${name}`,
      expected: "the weights of a Marian model as Hugging Face transformers writes them",
    });
  }
}
