import { readFile } from "node:fs/promises";

import { findBrowser } from "@leyenda/view/testing";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import type { CaptionServer } from "../src/index.js";
import { openPage as openAt, overflow, violations } from "./open-page.js";
import { makeTinyModel, squarePng, type TinyModel } from "./start-tiny.js";

const executablePath = await findBrowser();
if (executablePath === null) console.warn("skipped: there is no Chromium here (set CHROMIUM to its path)");

let tiny: TinyModel;
let server: CaptionServer;
let browser: Browser;
/** What the page said that it should not: errors of its scripts, refusals of its policy, requests to elsewhere. */
let complaints: string[];

describe.skipIf(executablePath === null)("the page, in a browser", () => {
  beforeAll(async () => {
    tiny = await makeTinyModel();
    server = await tiny.start({ limits: { maxBytes: 100_000 } });
    browser = await chromium.launch({ executablePath: executablePath ?? "", args: ["--no-sandbox"] });
  });
  afterAll(async () => {
    await browser.close();
    await server.close();
    await tiny.remove();
  });

  it("captions a file, and shows all that the search found", async () => {
    const page = await openPage();
    await page.setInputFiles("#file", squarePng);
    await captioned(page);
    expect(await page.locator("#found blockquote[lang=es]").count()).toBe(1);
    expect(await page.locator("#found tbody tr").count()).toBe(4);
    expect(await page.locator("#found img").evaluate(widthOf)).toBeGreaterThan(0);
    await page.selectOption("#beams", "2");
    await page.setInputFiles("#file", squarePng);
    await captioned(page);
    await page.waitForFunction(() => document.querySelectorAll("#found tbody tr").length === 2);
    expect(complaints).toEqual([]);
  });

  it("captions a picture that is dropped or pasted anywhere", async () => {
    const bytes = [...(await readFile(squarePng))];
    for (const kind of ["drop", "paste"]) {
      const page = await openPage();
      await page.evaluate(
        ([name, picture]) => {
          const data = new DataTransfer();
          data.items.add(new File([new Uint8Array(picture)], "square.png", { type: "image/png" }));
          const init = { bubbles: true, cancelable: true };
          document.body.dispatchEvent(
            name === "drop"
              ? new DragEvent("drop", { ...init, dataTransfer: data })
              : new ClipboardEvent("paste", { ...init, clipboardData: data }),
          );
        },
        [kind, bytes] as const,
      );
      await captioned(page);
      expect(complaints).toEqual([]);
    }
  });

  it("is used with the keys alone: a sample, its caption, and what its dataset says", async () => {
    const page = await openPage();
    await page.locator("#beams").focus();
    await page.keyboard.press("Tab");
    expect(await page.evaluate(() => document.activeElement?.querySelector("img")?.alt)).toBe("Sample 1");
    await page.keyboard.press("Enter");
    await captioned(page);
    expect(await page.locator("#found q").innerText()).toMatch(/silla/);
    expect(complaints).toEqual([]);
  });

  it("shows where the model looked at a word that is pointed at, gone to with the keys, or tapped", async () => {
    const page = await openPage();
    await page.setInputFiles("#file", squarePng);
    await captioned(page);
    const [veil, note] = [page.locator("#found canvas"), page.locator("#found [aria-live]")];
    const word = page.locator("#found .word").first();
    const darkness = (): Promise<number[]> =>
      veil.evaluate((canvas) => {
        const { width, height } = canvas as HTMLCanvasElement;
        const { data } =
          (canvas as HTMLCanvasElement).getContext("2d")?.getImageData(0, 0, width, height) ?? {};
        return [...(data ?? [])].filter((_, at) => at % 4 === 3);
      });
    expect(await veil.isVisible()).toBe(false);
    await word.hover();
    expect(await veil.isVisible()).toBe(true);
    const dark = await darkness();
    // A fixture's picture of 32 pixels has patches of 8: what was looked at most is clear.
    expect([dark.length, Math.min(...dark)]).toEqual([16, 0]);
    expect(Math.max(...dark)).toBeGreaterThan(0);
    expect(await note.innerText()).toContain(await word.innerText());
    await page.mouse.move(0, 0);
    expect(await veil.isVisible()).toBe(false);
    await word.focus();
    expect(await veil.isVisible()).toBe(true);
    await page.keyboard.press("Enter");
    await page.locator("#url").focus();
    expect(await word.getAttribute("aria-pressed")).toBe("true");
    expect(await veil.isVisible()).toBe(true);
    expect(await violations(page)).toEqual([]);
    await word.click();
    await page.mouse.move(0, 0);
    await page.locator("#url").focus();
    expect(await veil.isVisible()).toBe(false);
    expect(complaints).toEqual([]);
  });

  it("says what is wrong in its language, and can try again", async () => {
    const page = await openPage({ locale: "es-ES" });
    await page.fill("#url", "http://127.0.0.1:1/secret.png");
    await page.keyboard.press("Enter");
    await page.locator("#problem", { hasText: "Solo se consultan direcciones" }).waitFor();
    expect(await page.locator("#again").innerText()).toBe("Intentar de nuevo");
    await page.setInputFiles("#file", { name: "a.png", mimeType: "image/png", buffer: Buffer.from("no") });
    await page.locator("#problem", { hasText: "No es una imagen" }).waitFor();
    const large = { name: "a.png", mimeType: "image/png", buffer: Buffer.alloc(200_000) };
    await page.setInputFiles("#file", large);
    await page.locator("#problem", { hasText: "demasiado grande" }).waitFor();
    await page.setInputFiles("#file", squarePng);
    await captioned(page, "Listo");
    expect(await page.locator("#problem").innerText()).toBe("");
  });

  it("is in the language that the browser prefers, until another is chosen, which it keeps", async () => {
    const context = await browser.newContext({ locale: "es-MX" });
    const page = await context.newPage();
    await page.goto(server.url);
    await page.locator("h2", { hasText: "Elige una imagen" }).waitFor();
    await page.setInputFiles("#file", squarePng);
    await captioned(page, "Listo");
    await page.click("#languages [value=en]");
    await page.locator("h2", { hasText: "Choose a picture" }).waitFor();
    await captioned(page, "Done");
    expect(await page.getAttribute("html", "lang")).toBe("en");
    await page.reload();
    await page.locator("h2", { hasText: "Choose a picture" }).waitFor();
    await context.close();
  });

  it("waits while the server is full, and asks again", async () => {
    const page = await openPage();
    let full = true;
    await page.route("**/api/caption*", (route) => {
      if (!full) return route.continue();
      full = false;
      const error = { code: "queue_full", message: "", hint: null };
      return route.fulfill({ status: 503, headers: { "retry-after": "1" }, json: { error } });
    });
    await page.setInputFiles("#file", squarePng);
    await page.locator("#status", { hasText: "trying again in 1 s" }).waitFor();
    await captioned(page);
  });

  it.each([
    { locale: "en-US", colorScheme: "light", width: 1280, height: 800 },
    { locale: "en-US", colorScheme: "dark", width: 360, height: 740 },
    { locale: "es-ES", colorScheme: "dark", width: 1280, height: 800 },
    { locale: "es-ES", colorScheme: "light", width: 320, height: 640 },
  ] as const)(
    "has nothing that keeps anybody out: $locale, $colorScheme, $width pixels wide",
    async ({ width, height, ...options }) => {
      const page = await openPage({ ...options, viewport: { width, height } });
      await page.waitForSelector("#samples img");
      expect(await violations(page)).toEqual([]);
      await page.fill("#url", "http://127.0.0.1/");
      await page.keyboard.press("Enter");
      await page.waitForSelector("#again:not([hidden])");
      expect(await violations(page)).toEqual([]);
      await page.setInputFiles("#file", squarePng);
      await page.waitForSelector("#found table");
      expect(await violations(page)).toEqual([]);
      expect(await overflow(page)).toBe(0);
    },
  );
});

async function openPage(options: BrowserContextOptions = {}): Promise<Page> {
  const opened = await openAt(browser, server.url, options);
  complaints = opened.complaints;
  return opened.page;
}

async function captioned(page: Page, word = "Done"): Promise<void> {
  await page.locator("#status", { hasText: word }).waitFor({ timeout: 20_000 });
}

async function widthOf(image: Element): Promise<number> {
  await (image as HTMLImageElement).decode();
  return (image as HTMLImageElement).naturalWidth;
}
