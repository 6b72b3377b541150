/** Orders names as people do: runs of digits by their number, so that `part10` comes after `part9`; all else by code. */
export function compareNatural(a: string, b: string): number {
  const [left, right] = [pieces(a), pieces(b)];
  for (let at = 0; at < Math.min(left.length, right.length); at += 1) {
    const order = comparePiece(left[at] ?? "", right[at] ?? "");
    if (order !== 0) return order;
  }
  return left.length - right.length || compareCodes(a, b);
}

/** Text and digits in turn, text first. */
function pieces(name: string): string[] {
  return name.split(/(\d+)/);
}

function comparePiece(a: string, b: string): number {
  if (!/^\d+$/.test(a) || !/^\d+$/.test(b)) return compareCodes(a, b);
  const [left, right] = [BigInt(a), BigInt(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}

function compareCodes(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
