import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";

import { LeyendaError, sha256, type Words } from "@leyenda/core";

/** What must not be chosen, from all lists together. */
export interface Exclusions {
  /** As they are listed, and as URLs are written in full. */
  urls: Set<string>;
  /** In hex, as in `CleanRow.key` and `CleanRow.source_sha256`. */
  keys: Set<string>;
  bodies: Set<string>;
  /** DCT hashes. */
  hashes: Words;
  /** Over what is excluded, whatever the lists' names, order and comments. */
  digest: string;
}

const formats = [
  { pattern: /^https?:\/\/[^\s/].*$/i, kind: "url" },
  { pattern: /^[0-9a-f]{64}$/i, kind: "body" },
  { pattern: /^[0-9a-f]{32}$/i, kind: "key" },
  { pattern: /^[0-9a-f]{16}$/i, kind: "hash" },
] as const;

/**
 * Reads exclusion lists, such as an evaluation set's pictures: on each line a URL, a SHA-256 of a file (64 hex digits), a row's
 * key (32) or a DCT hash (16). Blank lines and lines that begin with `#` are passed over.
 *
 * @throws LeyendaError SOURCE_MISSING, or SOURCE_INVALID naming file and line
 */
export async function readExclusions(paths: readonly string[]): Promise<Exclusions> {
  const entries = new Map<string, string>();
  for (const path of paths) {
    for await (const { text, line } of linesOf(path)) {
      const kind = formats.find(({ pattern }) => pattern.test(text))?.kind;
      if (kind === undefined) {
        throw new LeyendaError(
          "SOURCE_INVALID",
          `a line of an exclusion list cannot be read: ${text.slice(0, 80)}`,
          {
            where: `${path}:${line}`,
            expected: "an http(s) URL, or 64 (SHA-256), 32 (key) or 16 (DCT hash) hex digits",
            hint: "put one entry on each line; begin comments with #",
          },
        );
      }
      entries.set(kind === "url" ? text : text.toLowerCase(), kind);
    }
  }
  const of = (wanted: string): string[] =>
    [...entries].flatMap(([text, kind]) => (kind === wanted ? [text] : [])).sort();
  const [urls, keys, bodies, hashes] = [of("url"), of("key"), of("body"), of("hash")];
  return {
    urls: new Set(urls.flatMap((url) => [url, fullUrl(url)])),
    keys: new Set(keys),
    bodies: new Set(bodies),
    hashes: {
      high: Uint32Array.from(hashes, (hash) => Number.parseInt(hash.slice(0, 8), 16)),
      low: Uint32Array.from(hashes, (hash) => Number.parseInt(hash.slice(8), 16)),
    },
    digest: sha256(JSON.stringify([urls, keys, bodies, hashes])),
  };
}

/** A URL as a browser would ask for it: escaped, with a path, without its fragment. */
export function fullUrl(url: string): string {
  if (!URL.canParse(url)) return url;
  const parsed = new URL(url);
  parsed.hash = "";
  return parsed.href;
}

async function* linesOf(path: string): AsyncGenerator<{ text: string; line: number }> {
  let line = 0;
  try {
    for await (const raw of createInterface({ input: createReadStream(path), crlfDelay: Infinity })) {
      line += 1;
      const text = raw.trim();
      if (text !== "" && !text.startsWith("#")) yield { text, line };
    }
  } catch (cause) {
    throw new LeyendaError("SOURCE_MISSING", "an exclusion list cannot be read", {
      where: path,
      hint: "give its path relative to the dataset config in select.exclude, or take it out",
      cause,
    });
  }
}
