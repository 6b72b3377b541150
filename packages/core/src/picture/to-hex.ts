/** 64 bits as 16 hex digits, bit 0 the highest: as `imagehash` prints its hashes. */
export function toHex(isSet: (bit: number) => boolean): string {
  let hex = "";
  for (let digit = 0; digit < 16; digit += 1) {
    let value = 0;
    for (let bit = digit * 4; bit < digit * 4 + 4; bit += 1) value = value * 2 + (isSet(bit) ? 1 : 0);
    hex += value.toString(16);
  }
  return hex;
}
