/** Longest record that is read as a row, bytes: beyond it the file is no list of captions. */
export const maxRecordBytes = 1 << 20;

const newline = 0x0a;
const carriageReturn = 0x0d;
const quote = 0x22;

/** Where a character of a delimited record stands. */
const enum Place {
  CellStart,
  Plain,
  Quoted,
  /** Just after a quote within a quoted cell: its end, or the first half of a doubled quote. */
  QuoteSeen,
}

/**
 * Finds where the record that begins at `start` ends, its newline included.
 *
 * A quoted record may hold newlines. One whose quote does not close, within `maxRecordBytes` or the file, or closes
 * before a cell's end on a later line, ends with its first line: a stray quote spoils its own row, not those after it. This depends on the record's own bytes alone, so a
 * planner and a reader whose windows lie differently agree.
 *
 * @param filled end of the valid bytes
 * @param final whether nothing comes after them
 * @param delimiter the delimiter's code where cells may be quoted, null where a record is a line
 * @returns -1 when more bytes are needed to tell
 */
export function findRecordEnd(
  bytes: Buffer,
  start: number,
  filled: number,
  final: boolean,
  delimiter: number | null,
): number {
  const line = bytes.indexOf(newline, start);
  const lineEnd = line === -1 || line >= filled ? -1 : line + 1;
  const last = final ? filled : -1;
  if (delimiter === null || !mayOpenQuote(bytes, start, lineEnd === -1 ? filled : lineEnd)) {
    return lineEnd === -1 ? last : lineEnd;
  }
  const limit = Math.min(filled, start + maxRecordBytes);
  let place = Place.CellStart;
  for (let at = start; at < limit; at += 1) {
    const byte = bytes[at];
    if (place === Place.Quoted) {
      if (byte === quote) place = Place.QuoteSeen;
    } else if (byte === newline) return at + 1;
    else if (byte === delimiter) place = Place.CellStart;
    else if (byte === quote && place !== Place.Plain) place = Place.Quoted;
    else if (place !== Place.QuoteSeen) place = Place.Plain;
    else if (byte !== carriageReturn) {
      // Text after a closing quote: where that quote is on a later line, it was another row's opening one.
      if (lineEnd !== -1 && at >= lineEnd) return lineEnd;
      place = Place.Plain;
    }
  }
  const endsWithFile = final && limit === filled;
  if (endsWithFile && place !== Place.Quoted) return filled;
  if (endsWithFile || limit < filled || limit === start + maxRecordBytes) {
    return lineEnd === -1 ? last : lineEnd;
  }
  return -1;
}

function mayOpenQuote(bytes: Buffer, start: number, end: number): boolean {
  const found = bytes.subarray(start, end).indexOf(quote);
  return found !== -1;
}
