import { join } from "node:path";

import { MarianTokenizer, type Provider } from "@leyenda/marian";
import { createSession } from "@leyenda/marian/decoder";

import { readCaptionModelInfo } from "./caption-model-info.js";
import type { PreprocessOptions } from "./picture/preprocess.js";
import { preprocessBatch } from "./picture/preprocess-batch.js";
import {
  type Caption,
  type CaptionerParts,
  type CaptionOptions,
  PixelCaptioner,
  type SeenPictures,
} from "./pixel-captioner.js";

/** How likely a picture's caption is to the model. */
export interface CaptionScore {
  /** Tokens of the caption, `</s>` included. */
  ids: number[];
  /** The log probability of each after those before it. */
  logProbabilities: Float32Array;
  /** The caption was longer than it may be. */
  truncated: boolean;
}

/** A `PixelCaptioner` of a model's folder, which also reads picture files and captions as text. */
export class Captioner extends PixelCaptioner {
  readonly #tokenizer: MarianTokenizer;

  private constructor(tokenizer: MarianTokenizer, parts: CaptionerParts) {
    super(parts);
    this.#tokenizer = tokenizer;
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
    return new Captioner(tokenizer, { info, vocabulary: tokenizer.target, vision, decoder });
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
    const { batchSize = 16 } = options;
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
   * Says how likely given captions of pictures are, see `scoreIds`.
   *
   * @param pixels float32 [pictures, 3, edge, edge]; or pictures that were looked at
   * @param captions one for each picture
   * @param options.maxLength captions are cut to this many tokens, `</s>` included. @default 64
   */
  async score(
    pixels: Float32Array | readonly SeenPictures[],
    captions: readonly string[],
    { maxLength = 64, ...options }: { maxLength?: number; batchSize?: number } = {},
  ): Promise<CaptionScore[]> {
    const encoded = captions.map((caption) => this.encode(caption, { maxLength }));
    const scores = await this.scoreIds(
      pixels,
      encoded.map(({ ids }) => ids),
      options,
    );
    return encoded.map(({ ids, truncated }, row) => ({
      ids,
      truncated,
      logProbabilities: scores[row] ?? new Float32Array(),
    }));
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
}
