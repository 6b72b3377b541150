import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";

import { type Manifest, readManifest } from "@leyenda/core";
import type { Schema } from "apache-arrow";

import { rootHash } from "../root-hash.js";
import { shardSchema } from "../write/shard-schema.js";
import { readShard } from "./read-shard.js";
import { RowChecks } from "./row-checks.js";
import type { Check, Problem, VerifyReport } from "./verify-report.js";

const listed = 100;

/**
 * Checks a finished dataset folder against its manifest and itself: files, sizes, SHA-256, root hash, schema, exact counts, every
 * picture decoded, captions, duplicates, and leaks between the splits. What is wrong is reported, never thrown.
 *
 * Keys and hashes of all rows are held in memory, about 300 bytes a row.
 */
export async function verifyDataset(
  folder: string,
  { expected }: { expected?: { train: number; validation: number } } = {},
): Promise<VerifyReport> {
  const report: VerifyReport = { ok: true, shards: 0, rows: 0, splits: {}, problemCount: 0, problems: [] };
  const say = (check: Check, where: string, message: string): void => {
    report.ok = false;
    report.problemCount += 1;
    if (report.problems.length < listed) report.problems.push({ check, where, message } satisfies Problem);
  };
  const manifest = await readManifest(folder).catch((error: unknown) => {
    say("manifest", join(folder, "manifest.json"), (error as Error).message);
    return null;
  });
  if (manifest === null) {
    if (report.ok) say("manifest", folder, "there is no manifest.json: the dataset is not finished");
    return report;
  }
  await checkFiles(folder, manifest, say);
  const checks = new RowChecks(say);
  for (const { part, rows, files } of manifest.parts) {
    const file = files.shard?.name ?? `${part}.arrow`;
    const split = part.split("-")[0] ?? "";
    let seen = 0;
    try {
      for await (const batch of readShard(join(folder, file))) {
        if (seen === 0) checkSchema(batch.schema, file, say);
        await checks.check(batch.rows, split, file, seen);
        seen += batch.rows.length;
      }
    } catch (error) {
      say("files", file, `cannot be read after row ${seen}: ${(error as Error).message}`);
    }
    if (seen !== rows) say("count", file, `${seen} rows, expected ${rows}`);
    report.shards += 1;
    report.rows += seen;
    report.splits[split] = (report.splits[split] ?? 0) + seen;
  }
  for (const [split, count] of Object.entries(expected ?? {})) {
    const found = report.splits[split] ?? 0;
    if (found !== count) say("count", split, `${found} rows, expected ${count}`);
  }
  return report;
}

type Say = (check: Check, where: string, message: string) => void;

async function checkFiles(folder: string, manifest: Manifest, say: Say): Promise<void> {
  const entries = manifest.parts.flatMap(({ files }) => Object.values(files));
  const names = new Set(entries.map((entry) => entry.name));
  for (const name of await readdir(folder)) {
    if (name.endsWith(".arrow") && !names.has(name))
      say("files", name, "the manifest does not know this shard");
  }
  for (const { name, bytes, sha256 } of entries) {
    const hash = createHash("sha256");
    let size = 0;
    try {
      await pipeline(createReadStream(join(folder, name)), async (chunks) => {
        for await (const chunk of chunks as AsyncIterable<Buffer>) {
          hash.update(chunk);
          size += chunk.length;
        }
      });
    } catch (error) {
      say("files", name, `cannot be read: ${(error as Error).message}`);
      continue;
    }
    if (size !== bytes) say("files", name, `${size} bytes, expected ${bytes}`);
    if (hash.digest("hex") !== sha256) say("checksum", name, "its SHA-256 is not the manifest's");
  }
  if (manifest.summary.rootHash !== rootHash(manifest)) {
    say("checksum", "manifest.json", "the root hash does not follow from the shards' hashes");
  }
}

function checkSchema(schema: Schema, file: string, say: Say): void {
  const describe = ({ fields }: Schema): string =>
    fields.map((field) => `${field.name}: ${field.toString()}`).join("; ");
  const expected = shardSchema(schema.fields.some(({ name }) => name === "extra"));
  if (describe(schema) !== describe(expected)) say("schema", file, `its columns are ${describe(schema)}`);
  if (schema.metadata.get("huggingface") !== expected.metadata.get("huggingface")) {
    say("schema", file, "the Hugging Face metadata is missing or differs");
  }
}
