const newline = 0x0a;

/** Lines that a record takes, the last of a file included that lacks its newline. */
export function countLines(record: Buffer): number {
  let count = 0;
  for (let at = record.indexOf(newline); at !== -1; at = record.indexOf(newline, at + 1)) count += 1;
  return Math.max(count, 1);
}
