import { readFile } from "node:fs/promises";

import type { Answer } from "./answer.js";

/** The page's files by their path: a closed list, so that no request chooses a file. */
const files: Readonly<Record<string, { name: string; type: string }>> = {
  "/": { name: "index.html", type: "text/html; charset=utf-8" },
  "/style.css": { name: "style.css", type: "text/css; charset=utf-8" },
  "/icon.svg": { name: "icon.svg", type: "image/svg+xml" },
  ...Object.fromEntries(
    ["app", "address", "cards", "details", "dom", "keys"].map((name) => [
      `/${name}.js`,
      { name: `${name}.js`, type: "text/javascript; charset=utf-8" },
    ]),
  ),
};

/** @returns null for a path that is no file of the page */
export async function staticFile(path: string): Promise<Answer | null> {
  const file = Object.hasOwn(files, path) ? files[path] : undefined;
  if (file === undefined) return null;
  const body = await readFile(new URL(`../../public/${file.name}`, import.meta.url));
  return { status: 200, type: file.type, body };
}
