import { checkedEdge, preprocessInto, type PreprocessOptions } from "./preprocess.js";

/**
 * Several pictures as one batch, in their order. One picture is decoded at a time, so memory holds the batch and one picture.
 *
 * @param pictures the bytes of picture files, or their paths
 * @returns [pictures.length, 3, edge, edge] in float32
 * @throws as `preprocess`; a picture given as bytes is called by its index
 */
export async function preprocessBatch(
  pictures: readonly (Uint8Array | string)[],
  options: PreprocessOptions = {},
): Promise<Float32Array> {
  const edge = options.edge ?? 224;
  const length = 3 * checkedEdge(edge) ** 2;
  const out = new Float32Array(pictures.length * length);
  for (const [i, picture] of pictures.entries()) {
    await preprocessInto(picture, out.subarray(i * length, (i + 1) * length), {
      ...options,
      edge,
      name: `picture ${i} of the batch`,
    });
  }
  return out;
}
