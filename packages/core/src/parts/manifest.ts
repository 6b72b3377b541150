import { join } from "node:path";

import { z } from "zod";

import { LeyendaError } from "../errors.js";
import { partRecordSchema } from "./part-record.js";
import { readJsonFile } from "./read-json-file.js";

const hex256 = z.string().regex(/^[0-9a-f]{64}$/);

/** A finished stage: all of its parts, and the counts over them. Written last. */
export const manifestSchema = z.strictObject({
  stage: z.string(),
  dataset: z.string(),
  configHash: hex256,
  options: z.record(z.string(), z.json()),
  /** Hash over the parts' input hashes. */
  inputHash: hex256,
  rows: partRecordSchema.shape.rows,
  outcomes: partRecordSchema.shape.outcomes,
  /** Hash over the parts' hashes: what this stage has made. */
  hash: hex256,
  parts: z.array(
    z.strictObject({
      part: z.string(),
      rows: partRecordSchema.shape.rows,
      hash: hex256,
      files: partRecordSchema.shape.files,
      facts: partRecordSchema.shape.facts,
    }),
  ),
  /** What the stage adds once all parts are there. */
  summary: z.record(z.string(), z.json()),
});

export type Manifest = z.infer<typeof manifestSchema>;

/** What a manifest says of one part. */
export type ManifestPart = Manifest["parts"][number];

export const manifestName = "manifest.json";

/** @returns the manifest of a finished stage, or null when the stage is not finished */
export function readManifest(folder: string): Promise<Manifest | null> {
  return readJsonFile(join(folder, manifestName), manifestSchema);
}

/**
 * The manifest of the stage before.
 *
 * @throws LeyendaError DATA_MISSING when that stage is not finished
 */
export async function requireManifest(folder: string, verb: string): Promise<Manifest> {
  const manifest = await readManifest(folder);
  if (manifest === null) {
    throw new LeyendaError("DATA_MISSING", `the stage before has not finished: there is no ${manifestName}`, {
      where: folder,
      hint: `run "leyenda ${verb}" first`,
    });
  }
  return manifest;
}
