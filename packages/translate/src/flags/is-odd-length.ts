export interface LengthLimits {
  /** Characters of the translation over those of the source. */
  minLengthRatio: number;
  maxLengthRatio: number;
  /** Shorter texts vary too much: characters of the longer one from which the ratio counts. */
  lengthFrom: number;
}

/** Whether a translation is far shorter or longer than its source, in characters. */
export function isOddLength(source: string, target: string, limits: LengthLimits): boolean {
  const [from, to] = [Array.from(source.trim()).length, Array.from(target.trim()).length];
  if (Math.max(from, to) < limits.lengthFrom) return false;
  return to < limits.minLengthRatio * from || to > limits.maxLengthRatio * from;
}
