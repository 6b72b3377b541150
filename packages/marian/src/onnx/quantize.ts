/** A matrix in 8 bits: `value ≈ byte · scale[column]`. */
export interface QuantizedMatrix {
  /** [rows, columns], −127 to 127 */
  bytes: Int8Array;
  /** [columns] */
  scales: Float32Array;
}

/** The byte that stands for 0 among activations, which are unsigned. */
export const zeroPoint = 128;

/**
 * Quantises a matrix [rows, columns] symmetrically, with a scale for every column.
 *
 * Signed bytes: with unsigned activations they are what processors with VNNI multiply at twice the speed of two unsigned
 * operands. Where the same instruction would saturate (AVX2 without VNNI), onnxruntime turns them into unsigned ones when it
 * loads the graph, as `createSession` asks for. The products are the same integers everywhere.
 */
export function quantizeColumns(matrix: Float32Array, rows: number, columns: number): QuantizedMatrix {
  const scales = new Float32Array(columns);
  for (let index = 0; index < matrix.length; index += 1) {
    const column = index % columns;
    scales[column] = Math.max(scales[column] ?? 0, Math.abs(matrix[index] ?? 0));
  }
  for (let column = 0; column < columns; column += 1) scales[column] = (scales[column] ?? 0) / 127;
  const bytes = new Int8Array(rows * columns);
  for (let index = 0; index < matrix.length; index += 1) {
    const scale = scales[index % columns] ?? 0;
    bytes[index] = scale === 0 ? 0 : Math.round((matrix[index] ?? 0) / scale);
  }
  return { bytes, scales };
}
