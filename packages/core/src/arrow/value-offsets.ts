/** Where each value of an Arrow binary column begins in its data, and where the last one ends. */
export function valueOffsets(lengths: readonly number[]): Int32Array {
  const offsets = new Int32Array(lengths.length + 1);
  let total = 0;
  lengths.forEach((length, index) => {
    total += length;
    if (total > 0x7fffffff) throw new RangeError("an Arrow binary column holds less than 2 GiB in one batch");
    offsets[index + 1] = total;
  });
  return offsets;
}
