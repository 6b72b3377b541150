const poolSize = 4;

/**
 * The words that numpy's `SeedSequence(seed).generate_state(count)` gives: a small seed spread over many bits (O'Neill's `seed_seq_fe`).
 *
 * @param seed from 0 to 2^32 − 1
 * @param count of 32-bit words
 */
export function seedSequence(seed: number, count: number): Uint32Array {
  const pool = new Uint32Array(poolSize);
  const hashMix = hasher(0x43b0d7e5, 0x931e8875);
  for (let place = 0; place < poolSize; place += 1) pool[place] = hashMix(place === 0 ? seed : 0);
  for (let source = 0; source < poolSize; source += 1)
    for (let target = 0; target < poolSize; target += 1)
      if (source !== target) pool[target] = mix(pool[target] ?? 0, hashMix(pool[source] ?? 0));
  const generate = hasher(0x8b51f9dd, 0x58f38ded);
  return Uint32Array.from({ length: count }, (_, word) => generate(pool[word % poolSize] ?? 0));
}

/** A hash whose constant changes with each use. */
function hasher(start: number, multiplier: number): (value: number) => number {
  let constant = start;
  return (value) => {
    const mixed = value ^ constant;
    constant = Math.imul(constant, multiplier);
    const product = Math.imul(mixed, constant);
    return (product ^ (product >>> 16)) >>> 0;
  };
}

function mix(a: number, b: number): number {
  const result = (Math.imul(0xca01f9dd, a) - Math.imul(0x4973f715, b)) | 0;
  return result ^ (result >>> 16);
}
