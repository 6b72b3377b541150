/** A matrix in 8 bits: `value ≈ (byte − 128) · scale[column]`. */
export interface QuantizedMatrix {
  /** [rows, columns] */
  bytes: Uint8Array;
  /** [columns] */
  scales: Float32Array;
}

/** The byte that stands for 0. */
export const zeroPoint = 128;

/**
 * Quantises a matrix [rows, columns] symmetrically, with a scale for every column.
 *
 * Unsigned bytes, because onnxruntime's kernel for unsigned activations with *signed* weights saturates on processors with AVX2
 * but without VNNI; unsigned × unsigned is exact everywhere.
 */
export function quantizeColumns(matrix: Float32Array, rows: number, columns: number): QuantizedMatrix {
  const scales = new Float32Array(columns);
  for (let index = 0; index < matrix.length; index += 1) {
    const column = index % columns;
    scales[column] = Math.max(scales[column] ?? 0, Math.abs(matrix[index] ?? 0));
  }
  for (let column = 0; column < columns; column += 1) scales[column] = (scales[column] ?? 0) / 127;
  const bytes = new Uint8Array(rows * columns);
  for (let index = 0; index < matrix.length; index += 1) {
    const scale = scales[index % columns] ?? 0;
    bytes[index] = scale === 0 ? zeroPoint : Math.round((matrix[index] ?? 0) / scale) + zeroPoint;
  }
  return { bytes, scales };
}
