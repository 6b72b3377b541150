/** Element types that weights come in, all little-endian, and their bytes. */
export const floatBytes = { f64: 8, f32: 4, f16: 2, bf16: 2 } as const;

export type FloatType = keyof typeof floatBytes;

/** What each half-precision number is; 256 KB, made when the first half comes. */
let halves: Float32Array | undefined;

/** Little-endian floats as float32; `bytes` needs no alignment. */
export function decodeFloats(type: FloatType, bytes: Uint8Array): Float32Array {
  // A copy: the bytes of a Buffer may begin anywhere.
  const aligned = new Uint8Array(bytes).buffer;
  if (type === "f32") return new Float32Array(aligned);
  if (type === "f64") return Float32Array.from(new Float64Array(aligned));
  const bits = new Uint16Array(aligned);
  if (type === "bf16") return new Float32Array(Uint32Array.from(bits, (half) => half << 16).buffer);
  halves ??= Float32Array.from({ length: 65_536 }, (_, half) => halfToFloat(half));
  const values = new Float32Array(bits.length);
  for (let index = 0; index < bits.length; index += 1) values[index] = halves[bits[index] ?? 0] ?? 0;
  return values;
}

/** IEEE 754 half precision: 1 sign, 5 exponent, 10 mantissa bits. */
function halfToFloat(bits: number): number {
  const sign = (bits & 0x8000) === 0 ? 1 : -1;
  const exponent = (bits >>> 10) & 0x1f;
  const mantissa = bits & 0x3ff;
  if (exponent === 0) return sign * mantissa * 2 ** -24;
  if (exponent === 31) return mantissa === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + mantissa / 1024) * 2 ** (exponent - 15);
}
