/**
 * The cells of a record as RFC 4180 has them: quoted cells may hold delimiters, newlines and doubled quotes. A quote
 * within a plain cell is an ordinary character, as spreadsheets and most readers take it.
 *
 * @param record without its line end
 * @returns what is wrong with it when a quote does not close, or closes before the cell ends
 */
export function splitQuoted(record: string, delimiter: string): string[] | { problem: string } {
  const cells: string[] = [];
  let at = 0;
  for (;;) {
    if (record[at] === '"') {
      const end = closingQuote(record, at + 1);
      if (end === -1) return { problem: `the quote that opens cell ${cells.length + 1} is never closed` };
      if (end + 1 < record.length && record[end + 1] !== delimiter) {
        return { problem: `there is text after the closing quote of cell ${cells.length + 1}` };
      }
      cells.push(record.slice(at + 1, end).replaceAll('""', '"'));
      at = end + 1;
    } else {
      const end = record.indexOf(delimiter, at);
      cells.push(record.slice(at, end === -1 ? undefined : end));
      at = end === -1 ? record.length : end;
    }
    if (at >= record.length) return cells;
    at += 1;
  }
}

function closingQuote(record: string, from: number): number {
  for (let at = record.indexOf('"', from); at !== -1; at = record.indexOf('"', at + 2)) {
    if (record[at + 1] !== '"') return at;
  }
  return -1;
}
