import { type AttendedWord, attendedWords } from "./attended-words.js";
import type { Caption, CaptionOptions, PixelCaptioner } from "./pixel-captioner.js";

/** A caption, and where in the picture its words were found; null where the model does not tell. */
export type CaptionWithWords = Caption & { words: AttendedWord[] | null };

/**
 * Captions prepared pictures, and looks up for each word of the best captions what it was written at. Pictures are looked at once.
 *
 * @param pixels float32 [pictures, 3, edge, edge]
 */
export async function captionWithWords(
  captioner: PixelCaptioner,
  pixels: Float32Array,
  { batchSize, ...search }: Partial<CaptionOptions> = {},
): Promise<CaptionWithWords[]> {
  const seen = await captioner.look(pixels, batchSize === undefined ? {} : { batchSize });
  const captions = await captioner.captionPixels(seen, search);
  const shares = await captioner.attend(
    seen,
    captions.map(({ ids }) => ids),
  );
  return captions.map((caption, at) => ({
    ...caption,
    words: shares === null ? null : attendedWords(caption.ids, shares[at] ?? [], captioner.vocabulary),
  }));
}
