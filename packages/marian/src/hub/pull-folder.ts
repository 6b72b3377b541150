import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { copyFile, mkdir, readdir, rename, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { pipeline } from "node:stream/promises";

import { checkHubFile, hashJson, LeyendaError } from "@leyenda/core";

import { modelCache } from "../model-cache.js";
import { chooseFiles } from "./choose-files.js";
import type { PulledModel, PullOptions } from "./pull-model.js";

/**
 * Brings a checkpoint that lies in a folder into the cache, as `pullModel` does one of the hub: of its files those that a model is made of, each
 * checked to be what was read, in a folder named by their content. What is there already is kept.
 *
 * @returns `<cache>/local/<name>/<commit>`, and in place of a commit the SHA-256 of all files' names and hashes
 * @throws LeyendaError MODEL_MISSING when it holds no weights, MODEL_INVALID when a file changes while it is copied
 */
export async function pullFolder(
  from: string,
  { cache = modelCache(), onFile }: Pick<PullOptions, "cache" | "onFile"> = {},
): Promise<PulledModel> {
  const files = [];
  for (const { path, size } of chooseFiles(await entriesOf(from), from)) {
    const hash = createHash("sha256");
    await pipeline(createReadStream(join(from, path)), hash);
    files.push({ path, size, oid: "", lfs: { oid: hash.digest("hex"), size, pointerSize: 0 } });
  }
  const commit = hashJson(Object.fromEntries(files.map(({ path, lfs }) => [path, lfs.oid])));
  const folder = join(cache, "local", basename(resolve(from)), commit);
  for (const file of files) {
    const path = join(folder, file.path);
    const cached = (await checkHubFile(path, file)) === true;
    if (!cached) {
      await mkdir(dirname(path), { recursive: true });
      await copyFile(join(from, file.path), `${path}.incomplete`);
      if ((await checkHubFile(`${path}.incomplete`, file)) !== true)
        throw new LeyendaError("MODEL_INVALID", "a file changed while it was copied", {
          where: join(from, file.path),
          hint: "pull again once nothing writes to it",
        });
      await rename(`${path}.incomplete`, path);
    }
    onFile?.({ path: file.path, bytes: file.size, cached });
  }
  return { folder, commit };
}

async function entriesOf(
  folder: string,
): Promise<{ type: "file"; path: string; size: number; oid: string }[]> {
  const entries = [];
  for (const place of ["", "onnx"]) {
    const names = await readdir(join(folder, place)).catch((cause: unknown) => {
      if (place === "") throw cause;
      return [];
    });
    for (const name of names.sort()) {
      const path = join(place, name);
      // A link, as the hub's own cache has them, counts as its file.
      const found = await stat(join(folder, path));
      if (found.isFile()) entries.push({ type: "file" as const, path, size: found.size, oid: "" });
    }
  }
  return entries;
}
