/**
 * Names the shards that are missing by the numbers of those that are there: of `train-00000-of-00005.arrow` each up to the
 * fifth, of `00000.tar` each up to the last one there.
 */
export function missingNumbers(names: readonly string[]): string[] {
  const series = new Map<
    string,
    { numbers: Set<number>; total: number | null; name: (number: number) => string }
  >();
  for (const name of names) {
    const [, before = "", digits = "", of = "", after = ""] =
      /^(.*?)(\d+)((?:-of-\d+)?)(\.[^/]*)$/.exec(name) ?? [];
    if (digits === "") continue;
    const key = `${before}*${of}${after}`;
    const entry = series.get(key) ?? {
      numbers: new Set<number>(),
      total: of === "" ? null : Number(of.slice(4)),
      name: (number: number) => `${before}${String(number).padStart(digits.length, "0")}${of}${after}`,
    };
    entry.numbers.add(Number(digits));
    series.set(key, entry);
  }
  return [...series.values()].flatMap(({ numbers, total, name }) => {
    const end = total ?? Math.max(...numbers) + 1;
    // Numbers from 0 or 1 on; others may be dates or sizes.
    const start = total !== null || numbers.has(0) ? 0 : numbers.has(1) ? 1 : end;
    const missing: string[] = [];
    for (let number = start; number < end && missing.length < 100; number += 1)
      if (!numbers.has(number)) missing.push(name(number));
    return missing;
  });
}
