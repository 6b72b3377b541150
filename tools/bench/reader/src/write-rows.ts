import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { finished } from "node:stream/promises";

/** What a list holds, to check against what is read. */
export interface ListFacts {
  bytes: number;
  rows: number;
  /** Sums over all rows, characters. */
  urlLength: number;
  captionLength: number;
}

const words =
  "a the of in on with and young woman man dog cat mountain river street view beautiful background vector illustration <PERSON> old house during sunset white black red green image photo isolated pattern".split(
    " ",
  );

/** Writes a headerless TSV of made-up rows as long as those of Conceptual 12M (210 bytes on average), the same ones every time. */
export async function writeRows(path: string, rows: number): Promise<ListFacts> {
  const facts: ListFacts = { bytes: 0, rows, urlLength: 0, captionLength: 0 };
  const out = createWriteStream(path, { highWaterMark: 1 << 22 });
  let state = 1;
  const next = (below: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state >>> 8) % below;
  };
  let block = "";
  for (let row = 0; row < rows; row += 1) {
    const url = `https://images-${next(99_991)}.example.com/wp-content/uploads/20${10 + next(14)}/${next(12) + 1}/${next(1 << 24).toString(36)}-${row}-${next(1 << 24).toString(16)}.jpg`;
    let caption = words[next(words.length)] ?? "";
    for (let word = 6 + next(26); word > 0; word -= 1) caption += ` ${words[next(words.length)] ?? ""}`;
    facts.urlLength += url.length;
    facts.captionLength += caption.length;
    block += `${url}\t${caption}\n`;
    if (block.length > 1 << 20 || row === rows - 1) {
      facts.bytes += block.length;
      if (!out.write(block, "latin1")) await once(out, "drain");
      block = "";
    }
  }
  out.end();
  await finished(out);
  return facts;
}
