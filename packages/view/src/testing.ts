import { access } from "node:fs/promises";
import { delimiter, join } from "node:path";

const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/** A browser of this machine that Playwright can drive (`$CHROMIUM`, or on the path); null where there is none. */
export async function findBrowser(): Promise<string | null> {
  const { CHROMIUM, PATH = "" } = process.env;
  const folders = PATH.split(delimiter).filter((folder) => folder !== "");
  const candidates = folders.flatMap((folder) => names.map((name) => join(folder, name)));
  for (const path of CHROMIUM === undefined ? candidates : [CHROMIUM]) {
    const found = await access(path).then(
      () => true,
      () => false,
    );
    if (found) return path;
  }
  return null;
}
