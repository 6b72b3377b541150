/** Mean and standard deviation of each channel in CLIP's training pictures, on a scale of 0 … 1. */
const mean = [0.48145466, 0.4578275, 0.40821073] as const;
const deviation = [0.26862954, 0.26130258, 0.27577711] as const;

/**
 * Bytes to CLIP's input: (byte / 255 − mean) / standard deviation, channels apart. Rounded to float32 after each operation, as
 * numpy and PyTorch do, so the floats are theirs to the bit.
 *
 * @param pixels [edge, edge, 3], RGB interleaved
 * @param out takes [3, edge, edge]
 */
export function normalise(pixels: Uint8Array, out: Float32Array): void {
  const plane = pixels.length / 3;
  for (let channel = 0; channel < 3; channel++) {
    const table = channelTable(mean[channel] ?? 0, deviation[channel] ?? 1);
    for (let i = 0; i < plane; i++) out[channel * plane + i] = table[pixels[i * 3 + channel] ?? 0] ?? 0;
  }
}

/** All 256 answers: fewer divisions than pixels. */
function channelTable(channelMean: number, channelDeviation: number): Float32Array {
  const f32 = Math.fround;
  return Float32Array.from({ length: 256 }, (_, byte) =>
    f32(f32(f32(byte / 255) - f32(channelMean)) / f32(channelDeviation)),
  );
}
