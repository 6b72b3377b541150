import { createHash, randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { readdir, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { pipeline } from "node:stream/promises";

import { hashJson, LeyendaError } from "@leyenda/core";

import { convertCheckpoint } from "./convert-checkpoint.js";
import { modelInfoName } from "./model-folder.js";
import { modelFormat, readModelInfo } from "./model-info.js";
import { modelCache } from "./model-cache.js";
import type { Precision } from "./onnx/layers.js";

export interface OpenOptions {
  /** What a checkpoint is converted to, and what a converted model has to be. @default fp32, and whatever a converted model is */
  precision?: Precision;
  /** Where converted checkpoints are kept. @default `$XDG_CACHE_HOME/leyenda/models`, or `~/.cache/leyenda/models` */
  cache?: string;
}

/**
 * The folder of a converted model: the one that is given, or what the given checkpoint is converted to. Conversions are kept by the
 * content of the checkpoint's files, so that each is made once.
 *
 * @param from a converted model, or whatever `convertCheckpoint` takes
 * @throws LeyendaError MODEL_MISSING or MODEL_INVALID naming the file; CONFIG_INVALID where a converted model has another precision
 */
export async function openModel(
  from: string,
  { precision, cache = modelCache() }: OpenOptions = {},
): Promise<string> {
  if (await isThere(join(from, modelInfoName))) {
    const info = await readModelInfo(from);
    if (precision === undefined || info.precision === precision) return from;
    throw new LeyendaError("CONFIG_INVALID", `the model is in ${info.precision}`, {
      where: from,
      expected: `a checkpoint, or a model that was converted to ${precision}`,
      hint: `convert its checkpoint with "leyenda model convert --precision ${precision}"`,
    });
  }
  const wanted = precision ?? "fp32";
  const key = hashJson({ format: modelFormat, precision: wanted, files: await hashFiles(from) });
  const folder = join(cache, "converted", `${basename(resolve(from))}-${wanted}-${key.slice(0, 16)}`);
  if (await isThere(join(folder, modelInfoName))) return folder;
  const unfinished = `${folder}.${randomUUID().slice(0, 8)}.incomplete`;
  try {
    await convertCheckpoint(from, unfinished, { precision: wanted });
    await rename(unfinished, folder).catch(async (cause: unknown) => {
      // Another process was faster: what it made is the same.
      if (!(await isThere(join(folder, modelInfoName)))) throw cause;
    });
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
  return folder;
}

/** SHA-256 of the checkpoint's files by name: of its folder, or of the one that the file lies in. */
async function hashFiles(from: string): Promise<Record<string, string>> {
  const found = await stat(from).catch((cause: unknown) => {
    throw new LeyendaError("MODEL_MISSING", "there is no model", { where: from, cause });
  });
  const folder = found.isDirectory() ? from : dirname(from);
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.flatMap((entry) => (entry.isDirectory() ? [] : [entry.name])).sort();
  const hashes: Record<string, string> = { "": found.isDirectory() ? "" : basename(from) };
  for (const name of names) {
    const hash = createHash("sha256");
    await pipeline(createReadStream(join(folder, name)), hash);
    hashes[name] = hash.digest("hex");
  }
  return hashes;
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
