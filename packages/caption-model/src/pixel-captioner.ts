import { attendTargets, type CacheMemory, decodeBatch, scoreTargets } from "@leyenda/marian/search";
import type { SearchOptions, Tensors, Vocabulary } from "@leyenda/marian/search";
import { type InferenceSession, Tensor } from "onnxruntime-common";

import type { CaptionModelInfo } from "./caption-model-info.js";

export interface CaptionOptions extends SearchOptions {
  /** Captions wanted of each picture, at most `beams`. */
  best: number;
  /** Pictures that are captioned together. Results do not depend on it, but for the last digits of their scores. */
  batchSize: number;
}

export interface Caption {
  text: string;
  /** Tokens as generated, `</s>` included when there is one. */
  ids: number[];
  /** Sum of log probabilities; with several beams over length^lengthPenalty. */
  score: number;
  /** The caption was cut at the longest length. */
  reachedMaxLength: boolean;
  /** The next best captions, where several are wanted. */
  alternatives: { text: string; ids: number[]; score: number }[];
}

/** A batch of pictures that the model has looked at: what its decoder is told of them. */
export interface SeenPictures {
  pictures: number;
  tensors: Tensors;
}

export interface CaptionerParts {
  info: CaptionModelInfo;
  /** Of captions. */
  vocabulary: Vocabulary;
  /** `vision.onnx` and `decoder.onnx`, by onnxruntime-node or onnxruntime-web. */
  vision: InferenceSession;
  decoder: InferenceSession;
}

/**
 * A CLIP-Vision-Marian model that captions pictures which are prepared already, wherever its graphs run: nothing here needs Node.js.
 * Its batches run one after the other; use one a process.
 */
export class PixelCaptioner {
  readonly info: CaptionModelInfo;
  readonly vocabulary: Vocabulary;
  readonly #vision: InferenceSession;
  readonly #decoder: InferenceSession;
  /** Not in use at the moment. */
  readonly #memories: CacheMemory[] = [];

  constructor({ info, vocabulary, vision, decoder }: CaptionerParts) {
    this.info = info;
    this.vocabulary = vocabulary;
    this.#vision = vision;
    this.#decoder = decoder;
  }

  /**
   * Looks at pictures, for whoever wants to caption them and score captions as well: it is looked once.
   *
   * @param pixels float32 [pictures, 3, edge, edge], see `preprocessBatch`
   */
  async look(
    pixels: Float32Array,
    { batchSize = defaultBatch }: { batchSize?: number } = {},
  ): Promise<SeenPictures[]> {
    const seen: SeenPictures[] = [];
    for (const batch of this.#batches(pixels, batchSize)) seen.push(await this.#see(batch));
    return seen;
  }

  /**
   * Writes a caption for each picture; what is not given comes from the model.
   *
   * @param pixels float32 [pictures, 3, edge, edge], see `preprocessBatch`; or pictures that were looked at
   */
  async captionPixels(
    pixels: Float32Array | readonly SeenPictures[],
    options: Partial<Omit<CaptionOptions, "batchSize">> & { batchSize?: number } = {},
  ): Promise<Caption[]> {
    const { config } = this.info;
    const { batchSize = defaultBatch, best = 1, ...asked } = options;
    const { beams, maxLength, lengthPenalty, earlyStopping, maxPositions } = config;
    const search: SearchOptions = {
      rules: "hf",
      noRepeatNgramSize: 0,
      minLength: 0,
      ...{ beams, lengthPenalty, earlyStopping },
      ...asked,
      maxLength: Math.min(asked.maxLength ?? maxLength, maxPositions),
    };
    const captions: Caption[] = [];
    for await (const { pictures, tensors } of this.#seen(pixels, batchSize)) {
      const found = await this.#withMemory((memory) =>
        decodeBatch({
          step: (inputs) => this.#decoder.run({ ...inputs, target: noTargets(inputs.ids) }),
          config,
          words: config.vocabularySize,
          perSentence: tensors,
          sentences: pictures,
          search,
          memory,
        }),
      );
      for (const hypotheses of found) {
        const [first, ...others] = hypotheses
          .slice(0, best)
          .map(({ tokens, score }) => ({ text: this.decode(tokens), ids: tokens, score }));
        if (first === undefined) throw new Error("a picture has no caption");
        captions.push({
          ...first,
          reachedMaxLength: first.ids.length + 1 >= search.maxLength,
          alternatives: others,
        });
      }
    }
    return captions;
  }

  /**
   * Says how likely given captions of pictures are, as the loss of training is taken.
   *
   * @param targets a caption for each picture, its tokens with `</s>`
   * @returns for each, the log probability of every token after those before it
   */
  async scoreIds(
    pixels: Float32Array | readonly SeenPictures[],
    targets: readonly (readonly number[])[],
    { batchSize = defaultBatch }: { batchSize?: number } = {},
  ): Promise<Float32Array[]> {
    const scores: Float32Array[] = [];
    for await (const { pictures, tensors } of this.#seen(pixels, batchSize)) {
      const of = targets.slice(scores.length, scores.length + pictures);
      scores.push(...(await this.#force(scoreTargets, tensors, of)));
    }
    return scores;
  }

  /**
   * Says what of a picture each token of its caption was written at: cross-attention of the decoder's last layer, mean over its heads,
   * while it says the caption once more.
   *
   * @param targets a caption for each picture, its tokens as they were found
   * @returns for each picture and token its shares, which sum to 1: of the class token, then of the picture's patches, row by row. null
   *   where the model was converted before there was such a thing
   */
  async attend(
    pixels: Float32Array | readonly SeenPictures[],
    targets: readonly (readonly number[])[],
    { batchSize = defaultBatch }: { batchSize?: number } = {},
  ): Promise<Float32Array[][] | null> {
    const shares: Float32Array[][] = [];
    for await (const { pictures, tensors } of this.#seen(pixels, batchSize)) {
      const found = await this.#force(
        attendTargets,
        tensors,
        targets.slice(shares.length, shares.length + pictures),
      );
      if (found === null) return null;
      shares.push(...found);
    }
    return shares;
  }

  /** The text of tokens, without special ones. */
  decode(ids: readonly number[]): string {
    return this.vocabulary.decode(ids);
  }

  /** Frees the model's memory. */
  async close(): Promise<void> {
    await this.#vision.release();
    await this.#decoder.release();
  }

  #force<Result>(
    of: (options: Parameters<typeof scoreTargets>[0]) => Promise<Result>,
    perSentence: Tensors,
    targets: readonly (readonly number[])[],
  ): Promise<Result> {
    const step = (inputs: Tensors): Promise<Tensors> => this.#decoder.run(inputs);
    return this.#withMemory((memory) => of({ step, config: this.info.config, perSentence, targets, memory }));
  }

  *#batches(pixels: Float32Array, batchSize: number): Generator<Tensor> {
    const { image_size: edge, num_channels: channels } = this.info.vision;
    const size = channels * edge * edge;
    if (pixels.length % size !== 0)
      throw new RangeError(
        `pixels has ${pixels.length} numbers; expected a multiple of ${size}, [pictures, ${channels}, ${edge}, ${edge}]`,
      );
    for (let first = 0; first < pixels.length; first += batchSize * size) {
      const batch = pixels.subarray(first, first + batchSize * size);
      yield new Tensor("float32", batch, [batch.length / size, channels, edge, edge]);
    }
  }

  async *#seen(
    pixels: Float32Array | readonly SeenPictures[],
    batchSize: number,
  ): AsyncGenerator<SeenPictures> {
    // What is told of sentences moves together as they are done: who has looked may want to ask again.
    if (!(pixels instanceof Float32Array)) for (const seen of pixels) yield copyOf(seen);
    else for (const batch of this.#batches(pixels, batchSize)) yield await this.#see(batch);
  }

  /** What the decoder is told of pictures: every part of them may be looked at. */
  async #see(pixels: Tensor): Promise<SeenPictures> {
    const cross = await this.#vision.run({ pixels });
    const [pictures = 0, , , length = 0] = cross.cross_keys_0?.dims ?? [];
    const mask = new Tensor("float32", new Float32Array(pictures * length), [pictures, 1, 1, length]);
    return { pictures, tensors: { ...cross, cross_mask: mask } };
  }

  async #withMemory<Result>(use: (memory: CacheMemory) => Promise<Result>): Promise<Result> {
    const memory = this.#memories.pop() ?? new Map<string, Float32Array>();
    return use(memory).finally(() => this.#memories.push(memory));
  }
}

const defaultBatch = 16;

function copyOf({ pictures, tensors }: SeenPictures): SeenPictures {
  const copies = Object.entries(tensors).map(([name, { data, dims }]): [string, Tensor] => [
    name,
    new Tensor("float32", (data as Float32Array).slice(), dims),
  ]);
  return { pictures, tensors: Object.fromEntries(copies) };
}

/** A search scores no words but those it chooses. */
function noTargets(ids: Tensor | undefined): Tensor {
  const rows = ids?.dims[0] ?? 0;
  return new Tensor("int32", new Int32Array(rows), [rows]);
}
