import { readdir } from "node:fs/promises";
import { join, relative } from "node:path";

/** Paths of the corpus' photos below their folder, sorted. */
export async function findPhotos(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith(".jpg"))
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .sort();
}
