/** A column of 64-bit values, as two of 32 bits: one row is one place in both. */
export interface Words {
  high: Uint32Array;
  low: Uint32Array;
}
