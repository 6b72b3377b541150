import type { ImageFiles, TranslatedRow } from "@leyenda/core";

/** The picture of a row, as it is stored. */
export function readStoredPicture(
  images: ImageFiles,
  { image_part, image_offset, image_length }: TranslatedRow,
): Promise<Uint8Array> {
  return images.readOne({ part: image_part, offset: Number(image_offset), length: image_length });
}
