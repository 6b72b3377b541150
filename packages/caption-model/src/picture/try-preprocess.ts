import { LeyendaError } from "@leyenda/core";

import { preprocess, type PreprocessOptions } from "./preprocess.js";

/**
 * `preprocess` for pictures among others: one that cannot be read costs itself.
 *
 * @param picture the bytes of a picture file, or its path; or why there is none
 * @returns float32 [3, edge, edge], or what is wrong
 * @throws what is wrong with the options
 */
export async function tryPreprocess(
  picture: Uint8Array | string | LeyendaError,
  options: PreprocessOptions,
): Promise<Float32Array | LeyendaError> {
  if (picture instanceof LeyendaError) return picture;
  try {
    return await preprocess(picture, options);
  } catch (error) {
    if (error instanceof LeyendaError) return error;
    throw error;
  }
}
