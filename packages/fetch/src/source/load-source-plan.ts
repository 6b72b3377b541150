import { stat } from "node:fs/promises";
import { join } from "node:path";

import { readJsonFile, writeFileAtomically } from "@leyenda/core";
import { z } from "zod";

import { planSource, type SourceOptions, type SourcePart } from "./plan-source.js";

const int = z.int().nonnegative();
const storedPlan = z.strictObject({
  path: z.string(),
  bytes: int,
  modifiedMs: z.number(),
  rowsPerPart: int,
  maxRows: int.nullable(),
  parts: z.array(z.strictObject({ firstLine: int, rows: int, offset: int, bytes: int, sha256: z.string() })),
});

/**
 * The parts of a list, from the plan kept in the stage's folder while the list has its size and time of change; read
 * through anew otherwise, so that a changed list is found out by its parts' hashes.
 */
export async function loadSourcePlan(source: SourceOptions, folder: string): Promise<SourcePart[]> {
  const file = join(folder, "source.json");
  const found = await stat(source.path).catch(() => null);
  const kept = await readJsonFile(file, storedPlan);
  if (
    found !== null &&
    kept?.path === source.path &&
    kept.bytes === found.size &&
    kept.modifiedMs === found.mtimeMs &&
    kept.rowsPerPart === source.rowsPerPart &&
    kept.maxRows === source.maxRows
  ) {
    return kept.parts;
  }
  const parts = await planSource(source);
  const plan: z.infer<typeof storedPlan> = {
    path: source.path,
    rowsPerPart: source.rowsPerPart,
    maxRows: source.maxRows,
    bytes: found?.size ?? 0,
    modifiedMs: found?.mtimeMs ?? 0,
    parts,
  };
  await writeFileAtomically(file, `${JSON.stringify(plan)}\n`);
  return parts;
}
