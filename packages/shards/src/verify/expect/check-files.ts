import { createHash } from "node:crypto";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";

import { storeOf } from "@leyenda/core";

import { rootHash } from "../../root-hash.js";
import type { DataFile, DatasetFormat } from "../formats/dataset-format.js";
import type { Say } from "../problem-list.js";
import type { Expectations } from "./expectations.js";
import { missingNumbers } from "./missing-numbers.js";

/** Checks that the files are there that must be, and no others, whole and with the right bytes. */
export async function checkFiles(
  folder: string,
  files: readonly DataFile[],
  format: DatasetFormat,
  { manifest, files: expected, source }: Expectations,
  say: Say,
): Promise<void> {
  const known = new Set(expected.map(({ name }) => name));
  for (const { name } of files)
    if (source !== null && !known.has(name)) say("files", name, `${source} does not know this file`);
  if (source === null)
    for (const name of missingNumbers(files.map((file) => file.name)))
      say("files", name, "it is not there, by the numbers of the others");
  const named = new Set<string>();
  for (const { name, bytes, sha256 } of expected) {
    const measured = await measure(join(folder, name)).catch((error: unknown) => error as Error);
    if (measured instanceof Error) say("files", name, `cannot be read: ${measured.message}`);
    else {
      if (bytes !== null && measured.bytes !== bytes)
        say("files", name, `${measured.bytes} bytes, expected ${bytes}`);
      if (sha256 !== null && measured.sha256 !== sha256)
        say("checksum", name, `its SHA-256 is not that of ${source ?? "its list"}`);
      else continue;
    }
    named.add(name);
  }
  for (const { name } of files) {
    const problem = named.has(name) ? null : await format.checkEnd(join(folder, name)).catch(() => null);
    if (problem !== null) say("files", name, problem);
  }
  // An export names the root hash of the dataset that it was made from.
  const claimed = manifest?.stage === "shards" ? manifest.summary.rootHash : undefined;
  if (manifest !== null && claimed !== undefined && claimed !== rootHash(manifest))
    say("checksum", "manifest.json", "the root hash does not follow from the shards' hashes");
}

async function measure(path: string): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash("sha256");
  let bytes = 0;
  await pipeline(storeOf(path).stream(path), async (chunks) => {
    for await (const chunk of chunks as AsyncIterable<Buffer>) {
      hash.update(chunk);
      bytes += chunk.length;
    }
  });
  return { bytes, sha256: hash.digest("hex") };
}
