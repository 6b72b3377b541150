import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

/** A file that `tools/oracle/metrics.py` reads or has written. */
export async function readFixture<Content>(name: string): Promise<Content> {
  const path = fileURLToPath(new URL(`../../../tools/oracle/fixtures/metrics/${name}`, import.meta.url));
  return JSON.parse(await readFile(path, "utf8")) as Content;
}
