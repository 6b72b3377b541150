import { LeyendaError } from "@leyenda/core";

import { jsonObject } from "./parse-record.js";
import { splitQuoted } from "./split-quoted.js";

export type SourceFormat = "tsv" | "csv" | "jsonl" | "txt" | "parquet";

const expected = "TSV, CSV, JSON Lines, a URL a line, or Parquet, plain or packed with gzip or zstd";

/** What other files begin with. */
const strangers: readonly (readonly [name: string, start: readonly number[] | string])[] = [
  ["a ZIP archive or spreadsheet", "PK\u0003\u0004"],
  ["a PDF", "%PDF"],
  ["packed with bzip2", "BZh"],
  ["packed with xz", [0xfd, 0x37, 0x7a, 0x58, 0x5a]],
  ["packed with lz4", [0x04, 0x22, 0x4d, 0x18]],
  ["an Arrow file", "ARROW1"],
  ["UTF-16 text", [0xff, 0xfe]],
  ["UTF-16 text", [0xfe, 0xff]],
];

/**
 * What a file's rows are written in, by its content first: names are often wrong, and a web page saved as `list.tsv` is
 * no list.
 *
 * @param name for its extension, which decides where the content allows several
 * @param head the file's first bytes, without byte order mark
 * @param lines its first lines
 * @throws LeyendaError SOURCE_INVALID for what is no list at all
 */
export function judgeFormat(name: string, head: Buffer, lines: readonly string[]): SourceFormat {
  if (head.subarray(0, 4).toString("latin1") === "PAR1") return "parquet";
  refuseStrangers(name, head);
  const [first = ""] = lines;
  if (jsonObject(first) !== null) return "jsonl";
  const extension = /\.([a-z]+)$/i.exec(name)?.[1]?.toLowerCase();
  if (extension === "jsonl" || extension === "ndjson") return "jsonl";
  const filled = lines.filter((line) => line.trim() !== "");
  const most = (test: (line: string) => boolean): boolean =>
    filled.filter(test).length * 2 >= filled.length && filled.length > 0;
  const tabs = most((line) => line.includes("\t"));
  const commas = most((line) => line.includes(","));
  if (extension === "csv") return tabs && !commas ? "tsv" : "csv";
  if (tabs) return "tsv";
  if (most((line) => /^\s*https?:\/\/\S+\s*$/i.test(line) && !hasCaption(line))) return "txt";
  if (commas && extension !== "tsv" && extension !== "tab") return "csv";
  if (extension === "tsv" || extension === "tab" || extension === "txt")
    return extension === "txt" ? "txt" : "tsv";
  throw new LeyendaError("SOURCE_INVALID", "the file is no list of rows", {
    where: `${name}:1`,
    expected,
    hint: "set source.format when it is one all the same",
  });
}

/** Whether a line without spaces is a CSV row, and not a URL with a comma in it. */
function hasCaption(line: string): boolean {
  const cells = splitQuoted(line.trim(), ",");
  return Array.isArray(cells) && line.trim().startsWith('"') && cells.length > 1;
}

function refuseStrangers(name: string, head: Buffer): void {
  const refuse = (what: string, byte: number, hint?: string): never => {
    throw new LeyendaError("SOURCE_INVALID", `the file is ${what}, no list of rows`, {
      where: `${name}, byte ${byte}`,
      expected,
      ...(hint === undefined ? {} : { hint }),
    });
  };
  for (const [what, start] of strangers) {
    const magic = typeof start === "string" ? Buffer.from(start, "latin1") : Buffer.from(start);
    if (head.subarray(0, magic.length).equals(magic)) refuse(what, 0);
  }
  const text = head.subarray(0, 1024).toString("latin1").trimStart();
  if (/^<(!doctype|html|\?xml|svg)\b/i.test(text)) {
    refuse("a web page or XML", 0, "a list's download link often leads to a page about it; look at the file");
  }
  if (text.startsWith("["))
    refuse("a JSON array or another text", 0, "write one JSON object a line (jq -c '.[]')");
  const nul = head.indexOf(0);
  if (nul !== -1) refuse("binary data", nul);
}
