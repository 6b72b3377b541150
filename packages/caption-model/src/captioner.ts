import { join } from "node:path";

import { MarianTokenizer, type Provider, type SearchOptions } from "@leyenda/marian";
import { type CacheMemory, createSession, decodeBatch, scoreTargets } from "@leyenda/marian/decoder";
import { type InferenceSession, Tensor } from "onnxruntime-node";

import { type CaptionModelInfo, readCaptionModelInfo } from "./caption-model-info.js";
import type { PreprocessOptions } from "./picture/preprocess.js";
import { preprocessBatch } from "./picture/preprocess-batch.js";

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

/** How likely a picture's caption is to the model. */
export interface CaptionScore {
  /** Tokens of the caption, `</s>` included. */
  ids: number[];
  /** The log probability of each after those before it. */
  logProbabilities: Float32Array;
  /** The caption was longer than it may be. */
  truncated: boolean;
}

type Tensors = Record<string, Tensor>;

/** A batch of pictures that the model has looked at: what its decoder is told of them. */
export interface SeenPictures {
  pictures: number;
  tensors: Tensors;
}

/** A CLIP-Vision-Marian model ready to caption pictures. Its batches run one after the other; use one `Captioner` a process. */
export class Captioner {
  readonly info: CaptionModelInfo;
  readonly #tokenizer: MarianTokenizer;
  readonly #vision: InferenceSession;
  readonly #decoder: InferenceSession;
  /** Not in use at the moment. */
  readonly #memories: CacheMemory[] = [];

  private constructor(
    info: CaptionModelInfo,
    tokenizer: MarianTokenizer,
    vision: InferenceSession,
    decoder: InferenceSession,
  ) {
    this.info = info;
    this.#tokenizer = tokenizer;
    this.#vision = vision;
    this.#decoder = decoder;
  }

  /**
   * Loads a folder made by `convertCaptioner`.
   *
   * @param options.intraOpThreads threads of one step. @default 1
   * @param options.provider where it is computed. @default "cpu"
   * @throws LeyendaError MODEL_MISSING or MODEL_INVALID naming the file; PROVIDER_MISSING
   */
  static async load(
    folder: string,
    { intraOpThreads = 1, provider = "cpu" }: { intraOpThreads?: number; provider?: Provider } = {},
  ): Promise<Captioner> {
    const info = await readCaptionModelInfo(folder);
    const tokenizer = await MarianTokenizer.load(folder, info.config);
    const [vision, decoder] = [
      await createSession(join(folder, "vision.onnx"), { intraOpThreads, provider }),
      await createSession(join(folder, "decoder.onnx"), { intraOpThreads, provider }),
    ];
    return new Captioner(info, tokenizer, vision, decoder);
  }

  /**
   * Writes a caption for each picture; what is not given comes from the model.
   *
   * @param pictures the bytes of picture files, or their paths
   * @returns a caption for every picture, in order
   * @throws LeyendaError SOURCE_MISSING or SOURCE_INVALID where a picture cannot be read, see `preprocess`
   */
  async caption(
    pictures: readonly (Uint8Array | string)[],
    {
      transform,
      applyOrientation,
      ...options
    }: Partial<CaptionOptions> & Omit<PreprocessOptions, "edge"> = {},
  ): Promise<Caption[]> {
    const { batchSize = defaultBatch } = options;
    const preparation = {
      edge: this.info.vision.image_size,
      ...(transform === undefined ? {} : { transform }),
      ...(applyOrientation === undefined ? {} : { applyOrientation }),
    };
    const captions: Caption[] = [];
    for (let first = 0; first < pictures.length; first += batchSize) {
      const batch = pictures.slice(first, first + batchSize);
      captions.push(...(await this.captionPixels(await preprocessBatch(batch, preparation), options)));
    }
    return captions;
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

  /** The same for pictures that are prepared already: float32 [pictures, 3, edge, edge], see `preprocessBatch`; or looked at. */
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
          .map(({ tokens, score }) => ({ text: this.#tokenizer.decode(tokens), ids: tokens, score }));
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
   * @param pixels float32 [pictures, 3, edge, edge]; or pictures that were looked at
   * @param captions one for each picture
   * @param options.maxLength captions are cut to this many tokens, `</s>` included. @default 64
   */
  async score(
    pixels: Float32Array | readonly SeenPictures[],
    captions: readonly string[],
    { maxLength = 64, batchSize = defaultBatch }: { maxLength?: number; batchSize?: number } = {},
  ): Promise<CaptionScore[]> {
    const encoded = captions.map((caption) => this.encode(caption, { maxLength }));
    const scores = await this.scoreIds(
      pixels,
      encoded.map(({ ids }) => ids),
      { batchSize },
    );
    return encoded.map(({ ids, truncated }, row) => ({
      ids,
      truncated,
      logProbabilities: scores[row] ?? new Float32Array(),
    }));
  }

  /** The same for captions that are split into tokens already, `</s>` included. */
  async scoreIds(
    pixels: Float32Array | readonly SeenPictures[],
    targets: readonly (readonly number[])[],
    { batchSize = defaultBatch }: { batchSize?: number } = {},
  ): Promise<Float32Array[]> {
    const scores: Float32Array[] = [];
    for await (const { pictures, tensors } of this.#seen(pixels, batchSize)) {
      const of = targets.slice(scores.length, scores.length + pictures);
      const found = await this.#withMemory((memory) =>
        scoreTargets({
          step: (inputs) => this.#decoder.run(inputs),
          config: this.info.config,
          perSentence: tensors,
          targets: of,
          memory,
        }),
      );
      scores.push(...found);
    }
    return scores;
  }

  /**
   * A caption's tokens, as the model was trained on them.
   *
   * @param maxLength captions are cut to this many, `</s>` included. @default 64
   */
  encode(
    caption: string,
    { maxLength = 64 }: { maxLength?: number } = {},
  ): { ids: number[]; truncated: boolean } {
    const { ids, truncated } = this.#tokenizer.encodeTarget(caption, maxLength);
    return { ids, truncated };
  }

  /** The text of tokens, without special ones. */
  decode(ids: readonly number[]): string {
    return this.#tokenizer.decode(ids);
  }

  /** Frees the model's memory. */
  async close(): Promise<void> {
    await this.#vision.release();
    await this.#decoder.release();
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
