import { isUtf8 } from "node:buffer";

/** A line of text without its end. */
export interface TextLine {
  /** From 1. */
  number: number;
  text: string;
  /** Whether it was all UTF-8; what was not is U+FFFD in `text`. */
  isUtf8: boolean;
  /** Whether it was longer than the longest line, and cut. */
  isCut: boolean;
}

const lineFeed = 10;

/**
 * Cuts bytes into lines, chunk by chunk: the lines that a chunk completes come together, as soon as it is there. Line ends are
 * LF or CRLF, a byte order mark is left out, and a last line needs no end. Memory holds one chunk and one line.
 *
 * @param longestLine bytes of a line that are kept
 */
export async function* splitLines(
  chunks: AsyncIterable<Uint8Array>,
  longestLine = 1 << 20,
): AsyncGenerator<TextLine[]> {
  let number = 0;
  let pieces: Buffer[] = [];
  let size = 0;
  const keep = (piece: Buffer): void => {
    const room = longestLine - Math.min(size, longestLine);
    if (room > 0 && piece.length > 0) pieces.push(Buffer.from(piece.subarray(0, room)));
    size += piece.length;
  };
  const finish = (): TextLine => {
    number += 1;
    const line = toLine(Buffer.concat(pieces), number, size > longestLine);
    pieces = [];
    size = 0;
    return line;
  };
  for await (const chunk of chunks) {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    const lines: TextLine[] = [];
    let start = 0;
    for (let end = bytes.indexOf(lineFeed); end !== -1; end = bytes.indexOf(lineFeed, start)) {
      keep(bytes.subarray(start, end));
      lines.push(finish());
      start = end + 1;
    }
    keep(bytes.subarray(start));
    if (lines.length > 0) yield lines;
  }
  if (size > 0) yield [finish()];
}

function toLine(bytes: Buffer, number: number, isCut: boolean): TextLine {
  const text = bytes.toString("utf8").replace(/\r$/, "");
  return {
    number,
    text: number === 1 && text.startsWith("\uFEFF") ? text.slice(1) : text,
    // A cut may fall within a character, which is no mistake of the text's.
    isUtf8: isUtf8(bytes) || (isCut && isUtf8(bytes.subarray(0, lastWhole(bytes)))),
    isCut,
  };
}

/** Where the last character of a cut text begins. */
function lastWhole(bytes: Buffer): number {
  let at = bytes.length - 1;
  while (at > 0 && ((bytes[at] ?? 0) & 0xc0) === 0x80) at -= 1;
  return Math.max(at, 0);
}
