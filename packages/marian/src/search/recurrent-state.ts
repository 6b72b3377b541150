import { Tensor } from "onnxruntime-common";

import type { MarianConfig } from "../checkpoint/read-marian-config.js";
import type { DecoderMemory } from "./decoder-memory.js";

/** What recurrent layers remember: a state for each layer and row, [rows, width], zeros at first. */
export class RecurrentState implements DecoderMemory {
  readonly #width: number;
  readonly #states: Map<string, Float32Array>;
  #beams = 1;

  constructor({ width, decoderLayers }: MarianConfig, sentences: number) {
    this.#width = width;
    this.#states = new Map(
      Array.from({ length: decoderLayers }, (_, layer) => [
        `state_${layer}`,
        new Float32Array(sentences * width),
      ]),
    );
  }

  feeds(): Record<string, Tensor> {
    return Object.fromEntries(
      Array.from(this.#states, ([name, state]) => [
        name,
        new Tensor("float32", state, [state.length / this.#width, this.#width]),
      ]),
    );
  }

  append(made: Readonly<Record<string, Tensor | undefined>>): void {
    for (const name of this.#states.keys()) {
      const state = made[`new_${name}`]?.data as Float32Array | undefined;
      if (state === undefined) throw new Error(`the graph gave no new_${name}`);
      this.#states.set(name, state);
    }
  }

  reorder(beams: number, origins: Uint8Array): void {
    this.#pick(Array.from(origins, (origin, row) => Math.floor(row / beams) * this.#beams + origin));
    this.#beams = beams;
  }

  keep(places: readonly number[]): void {
    const beams = this.#beams;
    this.#pick(places.flatMap((place) => Array.from({ length: beams }, (_, beam) => place * beams + beam)));
  }

  #pick(rows: readonly number[]): void {
    const width = this.#width;
    for (const [name, old] of this.#states) {
      const state = new Float32Array(rows.length * width);
      for (const [to, from] of rows.entries())
        state.set(old.subarray(from * width, (from + 1) * width), to * width);
      this.#states.set(name, state);
    }
  }
}
