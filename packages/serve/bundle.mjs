// node bundle.mjs: puts what the static page runs into dist/browser: the page's modules in one, the worker in another, and
// onnxruntime's WebAssembly. Part of the build, so that writing a static page needs no bundler.
import { copyFile, rm } from "node:fs/promises";
import { fileURLToPath } from "node:url";

import { build } from "rolldown";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const out = here("dist/browser");

/** The page's modules name each other by the paths that the server gives them. */
const served = {
  name: "served",
  resolveId: (id) => {
    if (!/^\/[\w-]+\.js$/.test(id)) return null;
    if (id === "/api.js") return here("browser/api.js");
    return here(id === "/dom.js" ? "../view/public/dom.js" : `public${id}`);
  },
};

await rm(out, { recursive: true, force: true });
for (const [name, input] of [
  ["app", "public/app.js"],
  ["caption-worker", "browser/caption-worker.js"],
]) {
  const { output } = await build({
    input: here(input),
    platform: "browser",
    plugins: [served],
    // A module that is not found, one of Node.js' among them, is a fault and no import to leave as it is.
    onLog: (level, log, next) => {
      if (level === "warn") throw new Error(log.message);
      next(level, log);
    },
    output: { dir: out, entryFileNames: `${name}.js`, format: "esm", minify: true },
  });
  if (output.length !== 1) throw new Error(`${name}.js is in ${output.length} pieces; expected one`);
}
const wasm = "ort-wasm-simd-threaded.wasm";
await copyFile(fileURLToPath(import.meta.resolve(`onnxruntime-web/${wasm}`)), `${out}/${wasm}`);
