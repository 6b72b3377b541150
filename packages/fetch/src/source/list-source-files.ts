import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";

import { isErrno, LeyendaError } from "@leyenda/core";

import { compareNatural } from "./compare-natural.js";
import { isListName } from "./is-list-name.js";
import type { LocalFile, SourceFile } from "./source-file.js";

/**
 * The files of a list, in natural order: the one named, the lists in a folder, what a glob finds, or one on the web or
 * files on the Hugging Face hub.
 *
 * @throws LeyendaError SOURCE_MISSING when there is none
 */
export async function listSourceFiles(path: string): Promise<SourceFile[]> {
  if (/^https?:\/\//i.test(path)) {
    const { webFile } = await import("./web-file.js");
    return [webFile(new URL(path))];
  }
  if (/^hf:\/\//i.test(path)) {
    const { listHubFiles } = await import("./list-hub-files.js");
    return listHubFiles(path);
  }
  const found = await stat(path).catch((error: unknown) => {
    if (isErrno(error, "ENOENT", "ENOTDIR")) return null;
    throw error;
  });
  if (found?.isFile() === true) return [await localFile(path)];
  const { glob, isDynamicPattern } = await import("tinyglobby");
  const names =
    found?.isDirectory() === true
      ? (await readdir(path)).filter(isListName).map((name) => join(path, name))
      : isDynamicPattern(path)
        ? await glob(path, { absolute: true, expandDirectories: false })
        : [];
  if (names.length > 0) return Promise.all(names.sort(compareNatural).map(localFile));
  throw new LeyendaError("SOURCE_MISSING", missing(found), {
    where: path,
    expected:
      "a list of rows: a file, a folder or a glob, an http(s) URL, or hf://datasets/<owner>/<name>/<path>",
    hint: "set source.path in the dataset config; for Conceptual 12M see datasets/cc12m-es/README.md",
  });
}

function missing(found: Awaited<ReturnType<typeof stat>> | null): string {
  if (found === null) return "there is no such list of rows";
  return found.isDirectory() ? "the folder holds no list of rows" : "the list is neither a file nor a folder";
}

async function localFile(path: string): Promise<LocalFile> {
  const { size, mtimeMs } = await stat(path);
  return { kind: "local", name: path, version: `${size} bytes, changed ${mtimeMs}` };
}
