import { createHash } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";

import { Zstd } from "@hpcc-js/wasm-zstd";
import { parquetWriteBuffer } from "hyparquet-writer";

export const listFormats = ["tsv", "csv", "jsonl", "txt", "parquet"] as const;
export type ListFormat = (typeof listFormats)[number];
export const listPackings = ["", ".gz", ".zst"] as const;
export type ListPacking = (typeof listPackings)[number];

/** A row of a test's list, by its place in it from 0. */
export function listRow(index: number): { url: string; caption: string } {
  const digest = createHash("sha256").update(String(index)).digest("hex");
  return {
    url: `https://host-${index % 97}.example/a,b/${digest.slice(0, 24)}.jpg?n=${index}`,
    caption: `picture ${index} of "a thing", é 漢 ${digest.slice(24, 24 + (index % 40))}`,
  };
}

/** The bytes of a list in a format. Columns are called url and caption; TXT has the URLs alone. */
export function encodeList(format: ListFormat, rows: readonly { url: string; caption: string }[]): Buffer {
  switch (format) {
    case "tsv":
      return Buffer.from(rows.map(({ url, caption }) => `${url}\t${caption}\n`).join(""));
    case "csv":
      return Buffer.from(
        `url,caption\n${rows.map(({ url, caption }) => `${quoted(url)},${quoted(caption)}\n`).join("")}`,
      );
    case "jsonl":
      return Buffer.from(rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
    case "txt":
      return Buffer.from(rows.map(({ url }) => `${url}\n`).join(""));
    case "parquet":
      return Buffer.from(
        parquetWriteBuffer({
          columnData: [
            { name: "url", data: rows.map(({ url }) => url), type: "STRING" },
            { name: "caption", data: rows.map(({ caption }) => caption), type: "STRING" },
          ],
          rowGroupSize: 30_000,
        }),
      );
  }
}

/** Node.js itself has no zstd before 22.15. */
const zstd = await Zstd.load();

export function pack(bytes: Buffer, packing: ListPacking): Buffer {
  if (packing === "") return bytes;
  return packing === ".gz" ? gzipSync(bytes, { level: 1 }) : Buffer.from(zstd.compress(bytes));
}

export async function writeList(
  path: string,
  format: ListFormat,
  packing: ListPacking,
  rows: readonly { url: string; caption: string }[],
): Promise<void> {
  await writeFile(path, pack(encodeList(format, rows), packing));
}

function quoted(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}
