import type { Tensor } from "onnxruntime-common";

/** What a decoder remembers of the steps before, for the rows of a batch: sentences × beams. */
export interface DecoderMemory {
  /** What the next step reads, by the graph's input names. */
  feeds: () => Record<string, Tensor>;
  /** Takes in what a step made, by the graph's output names. */
  append: (made: Readonly<Record<string, Tensor | undefined>>) => void;
  /**
   * Says what the rows of the next step go on from.
   *
   * @param beams of a sentence from now on; never fewer
   * @param origins for each new row, the beam of its sentence that it goes on from
   */
  reorder: (beams: number, origins: Uint8Array) => void;
  /** Keeps only these sentences, given by their places in ascending order. */
  keep: (places: readonly number[]) => void;
}
