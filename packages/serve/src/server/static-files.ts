import { readFile } from "node:fs/promises";

import { type Answer, contentPolicy, sharedFiles } from "@leyenda/view/page";

import type { Language } from "./preferred-language.js";

const own = (name: string): URL => new URL(`../../public/${name}`, import.meta.url);
const [css, js] = ["text/css; charset=utf-8", "text/javascript; charset=utf-8"];

/** The page's files by their path: a closed list, so that no request chooses a file. */
const files: Readonly<Record<string, { file: URL; type: string }>> = {
  "/style.css": { file: sharedFiles.style, type: css },
  "/dom.js": { file: sharedFiles.dom, type: js },
  "/icon.svg": { file: sharedFiles.icon, type: "image/svg+xml" },
  "/caption.css": { file: own("caption.css"), type: css },
  ...Object.fromEntries(
    ["app", "api", "heat-map", "language", "result", "texts"].map((name) => [
      `/${name}.js`,
      { file: own(`${name}.js`), type: js },
    ]),
  ),
};

/** @returns null for a path that is no file of the page */
export async function staticFile(path: string): Promise<Answer | null> {
  const file = Object.hasOwn(files, path) ? files[path] : undefined;
  return file === undefined ? null : { status: 200, type: file.type, body: await readFile(file.file) };
}

/** The page itself, which is told the language that the browser prefers. */
export async function indexPage(language: Language): Promise<Answer> {
  const html = await readFile(own("index.html"), "utf8");
  return {
    status: 200,
    type: "text/html; charset=utf-8",
    body: html.replace('<html lang="en">', `<html lang="${language}">`),
    headers: {
      // Pictures that are dropped are shown from memory.
      "content-security-policy": contentPolicy("'self' blob:"),
      "content-language": language,
      vary: "accept-language",
    },
  };
}
