import { LeyendaError } from "@leyenda/core";

import type { Captioner } from "./captioner.js";
import type { PreprocessOptions } from "./picture/preprocess.js";
import { tryPreprocess } from "./picture/try-preprocess.js";
import type { Caption, CaptionOptions } from "./pixel-captioner.js";

/** A picture to caption, or why there is none. */
export interface NamedPicture {
  name: string;
  /** The bytes of a picture file, or its path. */
  picture: Uint8Array | string | LeyendaError;
}

export type CaptionedPicture = { name: string } & (
  { caption: Caption; error: null } | { caption: null; error: LeyendaError }
);

/**
 * Captions pictures as they come, a batch at a time, in their order. One that cannot be read costs itself.
 *
 * @throws what is wrong with the model or the options, and with no picture
 */
export async function* captionPictures(
  captioner: Captioner,
  pictures: AsyncIterable<NamedPicture> | Iterable<NamedPicture>,
  {
    transform,
    applyOrientation,
    batchSize = 16,
    ...search
  }: Partial<CaptionOptions> & Omit<PreprocessOptions, "edge"> = {},
): AsyncGenerator<CaptionedPicture, void, undefined> {
  const options = {
    edge: captioner.info.vision.image_size,
    ...(transform === undefined ? {} : { transform }),
    ...(applyOrientation === undefined ? {} : { applyOrientation }),
  };
  let batch: { name: string; pixels: Float32Array | LeyendaError }[] = [];
  for await (const { name, picture } of pictures) {
    batch.push({ name, pixels: await tryPreprocess(picture, options) });
    if (batch.length < batchSize) continue;
    yield* captionBatch(batch);
    batch = [];
  }
  yield* captionBatch(batch);

  async function* captionBatch(
    named: readonly { name: string; pixels: Float32Array | LeyendaError }[],
  ): AsyncGenerator<CaptionedPicture, void, undefined> {
    const good = named.flatMap(({ pixels }) => (pixels instanceof LeyendaError ? [] : [pixels]));
    const size = good[0]?.length ?? 0;
    const all = new Float32Array(good.length * size);
    for (const [index, pixels] of good.entries()) all.set(pixels, index * size);
    const captions = (await captioner.captionPixels(all, { ...search, batchSize })).values();
    for (const { name, pixels } of named) {
      if (pixels instanceof LeyendaError) yield { name, caption: null, error: pixels };
      else {
        const { value: caption } = captions.next();
        if (caption === undefined) throw new Error(`${name} has no caption`);
        yield { name, caption, error: null };
      }
    }
  }
}
