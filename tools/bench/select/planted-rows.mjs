// Rows of a synthetic list for selection: 5 % are exact copies of another row's picture, and 3 % near ones.

/** Bits in which both hashes of near copies may differ. */
export const threshold = 4;
const [exactShare, nearShare] = [0.05, 0.03];

/** Originals first, then exact copies, then near copies; keys are random, so any of a cluster may be the one that stays. */
export function plant(all) {
  const exact = Math.round(all * exactShare);
  const near = Math.round(all * nearShare);
  const originals = all - exact - near;
  // 7919 is prime: copies of one kind have different originals.
  const originalOf = (row) => ((row - originals) * 7919) % originals;
  const fill = ({ keys, bodies, phashes, dhashes, captions }, place, row) => {
    for (let word = 0; word < 4; word += 1) writeWord(keys, place * 16 + word * 4, mixed(row, word));
    captions[place] = mixed(row, 4);
    const from = row < originals ? row : originalOf(row);
    const isNear = row >= originals + exact;
    set(bodies, place, mixed(isNear ? row : from, 5), mixed(isNear ? row : from, 6));
    set(phashes, place, mixed(from, 7), mixed(from, 8));
    set(dhashes, place, mixed(from, 9), mixed(from, 10));
    if (isNear)
      for (const [salt, hashes] of [
        [20, phashes],
        [40, dhashes],
      ])
        flip(hashes, place, row, salt);
  };
  return { originals, originalOf, fill };
}

/** Turns 1 to `threshold` different bits. */
function flip({ high, low }, place, row, salt) {
  const bits = 1 + (mixed(row, salt) % threshold);
  const chosen = new Set();
  for (let step = 1; chosen.size < bits; step += 1) chosen.add(mixed(row, salt + step) % 64);
  for (const bit of chosen) {
    if (bit < 32) low[place] ^= 1 << bit;
    else high[place] ^= 1 << (bit - 32);
  }
}

function set({ high, low }, place, highWord, lowWord) {
  high[place] = highWord;
  low[place] = lowWord;
}

function writeWord(bytes, at, word) {
  bytes[at] = word;
  bytes[at + 1] = word >>> 8;
  bytes[at + 2] = word >>> 16;
  bytes[at + 3] = word >>> 24;
}

/** 32 bits that look random, of a row and a purpose (the finaliser of MurmurHash3, twice). */
export function mixed(row, purpose) {
  return finalise(finalise(row + 1) ^ Math.imul(purpose + 1, 0x9e3779b9));
}

function finalise(value) {
  let mix = value;
  mix = Math.imul(mix ^ (mix >>> 16), 0x85ebca6b);
  mix = Math.imul(mix ^ (mix >>> 13), 0xc2b2ae35);
  return (mix ^ (mix >>> 16)) >>> 0;
}
