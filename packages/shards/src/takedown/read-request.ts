import { readFile, stat } from "node:fs/promises";

import { LeyendaError } from "@leyenda/core";

import { takedownHash } from "./takedown-hash.js";
import { type TakedownEntry, type TakedownKind, takedownKinds } from "./takedown-log.js";

/** What is to be taken down: of each kind values, or files with a value a line. */
export type TakedownValues = Partial<Record<TakedownKind, readonly string[]>>;

const formats: Record<TakedownKind, { pattern: RegExp; expected: string }> = {
  url: { pattern: /^https?:\/\/[^\s/].*$/i, expected: "an http(s) URL" },
  host: { pattern: /^[^\s/:*]+$/, expected: "a host name, which stands for all below it, too" },
  sha256: { pattern: /^[0-9a-f]{64}$/i, expected: "64 hex digits: SHA-256 of the original file" },
  key: { pattern: /^[0-9a-f]{32}$/i, expected: "32 hex digits: a row's key" },
};

/**
 * Reads what is to be taken down. In files, blank lines and lines that begin with `#` are passed over.
 *
 * @throws LeyendaError SOURCE_INVALID naming the option or file and line
 */
export async function readRequest(values: TakedownValues): Promise<TakedownEntry[]> {
  const entries: TakedownEntry[] = [];
  for (const kind of takedownKinds)
    for (const given of values[kind] ?? [])
      for (const { text, where } of await linesOf(given, kind)) {
        const { pattern, expected } = formats[kind];
        if (!pattern.test(text))
          throw new LeyendaError("SOURCE_INVALID", `this cannot be taken down: ${text.slice(0, 80)}`, {
            where,
            expected: `${expected}, or a file with one a line`,
          });
        entries.push({ kind, hash: takedownHash(kind, text) });
      }
  return entries;
}

async function linesOf(given: string, kind: TakedownKind): Promise<{ text: string; where: string }[]> {
  const isFile = (await stat(given).catch(() => null))?.isFile() === true;
  if (!isFile) return [{ text: given.trim(), where: `--${kind}` }];
  const lines = (await readFile(given, "utf8")).split("\n");
  return lines
    .map((line, index) => ({ text: line.trim(), where: `${given}:${index + 1}` }))
    .filter(({ text }) => text !== "" && !text.startsWith("#"));
}
