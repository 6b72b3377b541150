import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { Captioner } from "@leyenda/caption-model";
import { findBrowser } from "@leyenda/view/testing";
import { type Browser, chromium } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { writeStaticSite } from "../src/index.js";
import { openPage, type OpenedPage, overflow, violations } from "./open-page.js";
import { makeTinyModel, squarePng, type TinyModel } from "./start-tiny.js";

/** Really trained, in int8. */
const trained = fileURLToPath(new URL("../../../datasets/sample/captioner", import.meta.url));
const types: Record<string, string> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".json": "application/json",
  ".wasm": "application/wasm",
};

const executablePath = await findBrowser();
if (executablePath === null) console.warn("skipped: there is no Chromium here (set CHROMIUM to its path)");

let folder: string;
let tiny: TinyModel;
let host: Server;
let base: string;
let browser: Browser;

describe.skipIf(executablePath === null)("the static page, in a browser", () => {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "leyenda-static-"));
    tiny = await makeTinyModel();
    await writeStaticSite({ model: tiny.folder, out: join(folder, "tiny") });
    await writeStaticSite({ model: trained, out: join(folder, "trained") });
    host = createServer((request, response) => {
      const path = decodeURIComponent(new URL(request.url ?? "", "http://host").pathname);
      readFile(join(folder, path.endsWith("/") ? `${path}index.html` : path)).then(
        (bytes) =>
          response
            .writeHead(200, {
              "content-type": types[extname(path)] ?? (path.endsWith("/") ? "text/html" : ""),
            })
            .end(bytes),
        () => response.writeHead(404).end(),
      );
    }).listen(0, "127.0.0.1");
    await once(host, "listening");
    base = `http://127.0.0.1:${(host.address() as AddressInfo).port}`;
    browser = await chromium.launch({ executablePath: executablePath ?? "", args: ["--no-sandbox"] });
  });
  afterAll(async () => {
    await browser.close();
    host.close();
    await tiny.remove();
    await rm(folder, { recursive: true, force: true });
  });

  const open = (name: string, options = {}): Promise<OpenedPage> =>
    openPage(browser, `${base}/${name}/`, options);

  it("gives Node.js' caption of a picture that is stored without loss, in fp32 with all other captions and scores", async () => {
    const png = await readFile(squarePng);
    for (const [name, model] of [
      ["tiny", tiny.folder],
      ["trained", trained],
    ] as const) {
      const captioner = await Captioner.load(model);
      const [wanted] = await captioner.caption([png], { beams: 4, best: 4, applyOrientation: true });
      await captioner.close();
      const { page, complaints } = await open(name);
      const found = await page.evaluate(askWorker, [...png]);
      expect(found.ids).toEqual(wanted?.ids);
      // In int8 the kernels round activations differently.
      expect(found.score).toBeCloseTo(wanted?.score ?? 0, name === "tiny" ? 4 : 1);
      if (name === "tiny")
        expect(found.alternatives.map(({ caption }) => caption)).toEqual(
          wanted?.alternatives.map(({ text }) => text),
        );
      expect(complaints).toEqual([]);
      await page.close();
    }
  });

  it("captions each sample of the trained model as Node.js does, and asks for nothing outside its folder", async () => {
    const captioner = await Captioner.load(trained);
    const { page, complaints } = await open("trained");
    const samples = page.locator("#samples button");
    for (let index = 0; index < (await samples.count()); index += 1) {
      const picture = await readFile(join(folder, `trained/samples/${index}.jpeg`));
      const [wanted] = await captioner.caption([picture], { beams: 4, applyOrientation: true });
      await samples.nth(index).click();
      await page.waitForFunction(
        (text) => document.querySelector("#found blockquote")?.textContent === text,
        wanted?.text ?? "",
        { timeout: 20_000 },
      );
    }
    expect(complaints).toEqual([]);
    await captioner.close();
  });

  it("is in the browser's language, has no field for addresses, and says what cannot be read", async () => {
    const { page, complaints } = await open("tiny", { locale: "es-MX" });
    await page.locator("#limits", { hasText: "No sale de este navegador" }).waitFor();
    expect(await page.locator("#by-url").isVisible()).toBe(false);
    await page.setInputFiles("#file", { name: "a.png", mimeType: "image/png", buffer: Buffer.from("no") });
    await page.locator("#problem", { hasText: "No es una imagen" }).waitFor();
    const buffer = Buffer.alloc(11 << 20);
    await page.setInputFiles("#file", { name: "a.png", mimeType: "image/png", buffer });
    await page.locator("#problem", { hasText: "demasiado grande" }).waitFor();
    await page.setInputFiles("#file", squarePng);
    await page.locator("#status", { hasText: "Listo" }).waitFor();
    expect(complaints).toEqual([]);
  });

  it.each([
    { locale: "en-US", colorScheme: "light", width: 1280, height: 800 },
    { locale: "es-ES", colorScheme: "dark", width: 320, height: 640 },
  ] as const)(
    "has nothing that keeps anybody out: $locale, $colorScheme, $width pixels wide",
    async ({ width, height, ...options }) => {
      const { page } = await open("trained", { ...options, viewport: { width, height } });
      await page.locator("#samples button").first().click();
      await page.waitForSelector("#found table");
      expect(await violations(page)).toEqual([]);
      expect(await overflow(page)).toBe(0);
    },
  );
});

describe("the folder of a static page", () => {
  it("is written again over itself, and over nothing else", async () => {
    const place = await mkdtemp(join(tmpdir(), "leyenda-static-"));
    try {
      const out = join(place, "page");
      await writeStaticSite({ model: trained, out, samples: [] });
      await writeStaticSite({ model: trained, out });
      const site = JSON.parse(await readFile(join(out, "site.json"), "utf8")) as {
        info: { samples: unknown[] };
      };
      expect(site.info.samples).toHaveLength(8);
      await rm(join(out, "site.json"));
      await writeFile(join(out, "mine.txt"), "");
      await expect(writeStaticSite({ model: trained, out })).rejects.toMatchObject({
        code: "USAGE",
        where: out,
      });
    } finally {
      await rm(place, { recursive: true, force: true });
    }
  });
});

interface WorkerAnswer {
  ids: number[];
  score: number;
  alternatives: { caption: string }[];
}

/** In the page: what its worker says of a picture. */
async function askWorker(bytes: number[]): Promise<WorkerAnswer> {
  const { model } = (await (await fetch("site.json")).json()) as { model: unknown };
  const worker = new Worker("caption-worker.js", { type: "module" });
  const ask = (question: object): Promise<unknown> =>
    new Promise((resolve, reject) => {
      worker.onmessage = ({ data }: MessageEvent<{ answer?: unknown; error?: { message: string } }>) => {
        if (data.error === undefined) resolve(data.answer);
        else reject(new Error(data.error.message));
      };
      worker.onerror = ({ message }) => {
        reject(new Error(message));
      };
      worker.postMessage({ id: 0, ...question });
    });
  await ask({ load: model });
  const picture = new Blob([new Uint8Array(bytes)], { type: "image/png" });
  return (await ask({ picture, beams: 4 })) as WorkerAnswer;
}
