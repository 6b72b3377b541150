import { randomUUID } from "node:crypto";
import { access, copyFile, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { type CaptionModelInfo, readCaptionModelInfo } from "@leyenda/caption-model";
import { sniffFormat } from "@leyenda/clean";
import { LeyendaError } from "@leyenda/core";
import { contentPolicy, sharedFiles } from "@leyenda/view/page";

import { defaultLimits } from "../limits.js";
import { drawnSamples, type Sample } from "../samples.js";

export interface StaticSiteOptions {
  /** Folder of a converted caption model. */
  model: string;
  /** Folder to write; one that this wrote before is replaced. */
  out: string;
  /** Pictures to try. @default some that come with the page */
  samples?: readonly Sample[];
}

/** Made by the build, see `bundle.mjs`. */
const bundled = new URL("../../dist/browser/", import.meta.url);
const publicFolder = new URL("../../public/", import.meta.url);

/** By this file a folder is known as a page of ours. */
const siteFile = "site.json";

/**
 * Writes the page as a folder for any static host: the same page, whose captions are made in the browser, with the model's own graphs.
 * It asks for nothing but the files of this folder, by relative addresses.
 *
 * @throws LeyendaError MODEL_MISSING or MODEL_INVALID; USAGE where `out` holds something else
 */
export async function writeStaticSite({ model, out, samples }: StaticSiteOptions): Promise<void> {
  const info = await readCaptionModelInfo(model);
  await assertOurs(out);
  const unfinished = `${out}.${randomUUID().slice(0, 8)}.incomplete`;
  try {
    await mkdir(join(unfinished, "samples"), { recursive: true });
    for (const name of await readdir(bundled)) await copyFile(new URL(name, bundled), join(unfinished, name));
    await copyFile(sharedFiles.style, join(unfinished, "style.css"));
    await copyFile(sharedFiles.icon, join(unfinished, "icon.svg"));
    await copyFile(new URL("caption.css", publicFolder), join(unfinished, "caption.css"));
    await writeFile(join(unfinished, "index.html"), await page());
    const site = {
      info: {
        model: { name: info.name, precision: info.precision, hash: info.hash },
        beams: Math.min(info.config.beams, defaultLimits.beams),
        limits: {
          maxBytes: defaultLimits.maxBytes,
          maxPixels: defaultLimits.maxPixels,
          beams: defaultLimits.beams,
        },
        samples: await putSamples(unfinished, samples ?? (await drawnSamples())),
      },
      model: await putModel(unfinished, model, info),
    };
    await writeFile(join(unfinished, siteFile), JSON.stringify(site));
    await rm(out, { recursive: true, force: true });
    await rename(unfinished, out);
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
}

async function assertOurs(out: string): Promise<void> {
  const names = await readdir(out).catch((cause: unknown): string[] => {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw new LeyendaError("USAGE", "the static page needs a folder", { where: out, cause });
  });
  if (names.length === 0 || names.includes(siteFile)) return;
  throw new LeyendaError("USAGE", "the folder holds something else than a static page", {
    where: out,
    expected: "a folder that is empty, not there, or was written by the same command",
    hint: "name another folder",
  });
}

/** The page with its policy inside: static hosts send none. */
async function page(): Promise<string> {
  const html = await readFile(new URL("index.html", publicFolder), "utf8");
  const policy = contentPolicy("'self' blob:")
    .replace("script-src 'self'", "script-src 'self' 'wasm-unsafe-eval'")
    // Browsers take this one from a header alone.
    .replace("; frame-ancestors 'none'", "");
  const head = '<meta charset="utf-8" />';
  return html.replace(head, `${head}\n    <meta http-equiv="content-security-policy" content="${policy}" />`);
}

async function putSamples(folder: string, samples: readonly Sample[]): Promise<object[]> {
  const put: object[] = [];
  for (const { picture: bytes, caption } of samples) {
    const picture = `samples/${put.length}.${sniffFormat(bytes) ?? "bin"}`;
    await writeFile(join(folder, picture), bytes);
    put.push({ id: put.length, caption, picture });
  }
  return put;
}

/** What of the model the browser reads, in a folder named after it, so that no cache mixes two models. */
async function putModel(site: string, model: string, info: CaptionModelInfo): Promise<object> {
  const own = "target_vocab.json";
  const vocabulary = info.files[own] === undefined ? "vocab.json" : own;
  const folder = `model-${info.hash.slice(0, 12)}`;
  await mkdir(join(site, folder));
  for (const name of ["vision.onnx", "decoder.onnx", "embedding.bin", vocabulary]) {
    const from = join(model, name);
    await access(from).catch((cause: unknown) => {
      throw new LeyendaError("MODEL_MISSING", "a file of the model cannot be read", { where: from, cause });
    });
    await copyFile(from, join(site, folder, name));
  }
  const { maxBytes, maxPixels } = defaultLimits;
  return { folder, info, vocabulary, limits: { maxBytes, maxPixels } };
}
