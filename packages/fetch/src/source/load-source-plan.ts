import { mkdir, stat } from "node:fs/promises";
import { join, relative, resolve } from "node:path";

import {
  type DatasetConfig,
  hashJson,
  readJsonFile,
  removeDeadAttempts,
  scratchFolder,
  writeFileAtomically,
} from "@leyenda/core";
import { z } from "zod";

import { bringFile, type PlainFile } from "./bring-file.js";
import { layoutSchema } from "./layout.js";
import { listSourceFiles } from "./list-source-files.js";
import { planSource } from "./plan-source.js";
import type { SourceFile } from "./source-file.js";
import { type SourcePart, sourceSliceSchema } from "./source-part.js";

const int = z.int().nonnegative();
const storedPlan = z.strictObject({
  /** The options it was made with. */
  source: z.record(z.string(), z.unknown()),
  /** What the list consisted of. */
  listed: z.array(z.strictObject({ name: z.string(), version: z.string().nullable() })),
  /** The files with rows, in order; paths are relative to the stage's folder. */
  files: z.array(z.strictObject({ name: z.string(), path: z.string(), layout: layoutSchema })),
  parts: z.array(
    z.strictObject({ firstRow: int, rows: int, inputHash: z.string(), slices: z.array(sourceSliceSchema) }),
  ),
});

type StoredPlan = z.infer<typeof storedPlan>;

/**
 * The parts of a list, from the plan kept in the stage's folder (`source.json`) while the options and the list's files are
 * the same; read through anew otherwise, so that a changed list is found out by its parts' hashes. A list on the web is
 * brought once and not asked for again while its plan and copies are there.
 *
 * @param source the config's section
 * @param stageFolder the stage's folder; copies go to `source/` in it. In a bucket it has neither: every machine keeps its own
 * @throws LeyendaError SOURCE_MISSING or SOURCE_INVALID
 */
export async function loadSourcePlan(
  source: DatasetConfig["source"],
  stageFolder: string,
): Promise<SourcePart[]> {
  const folder = scratchFolder(stageFolder);
  await mkdir(folder, { recursive: true });
  const path = join(folder, "source.json");
  const kept = await readJsonFile(path, storedPlan);
  if (
    kept !== null &&
    hashJson(kept.source as never) === hashJson(source) &&
    (await isCurrent(kept, source, folder))
  ) {
    return partsOf(kept, folder);
  }
  const listed = await listSourceFiles(source.path);
  const files: PlainFile[] = [];
  const copies = join(folder, "source");
  const parts = await planSource(source.path, bringAll(listed, copies, source, files), source);
  if (await exists(copies)) await removeDeadAttempts(copies);
  const plan: StoredPlan = {
    source,
    listed: listed.map(({ name, version }) => ({ name, version })),
    files: files.map(({ name, path: file, layout }) => ({ name, path: relative(folder, file), layout })),
    parts,
  };
  await writeFileAtomically(path, `${JSON.stringify(plan)}\n`);
  return partsOf(plan, folder);
}

async function* bringAll(
  listed: readonly SourceFile[],
  copies: string,
  source: DatasetConfig["source"],
  files: PlainFile[],
): AsyncGenerator<PlainFile> {
  for (const each of listed) {
    const file = await bringFile(each, copies, source);
    if (file === null) continue;
    files.push(file);
    yield file;
  }
}

async function isCurrent(
  kept: StoredPlan,
  source: DatasetConfig["source"],
  folder: string,
): Promise<boolean> {
  for (const { path } of kept.files) {
    if (!(await exists(resolve(folder, path)))) return false;
  }
  if (/^(https?|hf):\/\//i.test(source.path)) return true;
  const listed = (await listSourceFiles(source.path)).map(({ name, version }) => ({ name, version }));
  return hashJson(listed) === hashJson(kept.listed);
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null)) !== null;
}

function partsOf({ files, parts }: StoredPlan, folder: string): SourcePart[] {
  return parts.map(({ slices, ...part }) => ({
    ...part,
    slices: slices.map(({ file: number, firstLine, offset, bytes }) => {
      const file = files[number];
      if (file === undefined) throw new Error(`the plan of the list has no file ${number}`);
      return {
        firstLine,
        offset,
        bytes,
        name: file.name,
        path: resolve(folder, file.path),
        layout: file.layout,
      };
    }),
  }));
}
