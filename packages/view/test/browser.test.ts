import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import axe from "axe-core";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { startViewer, type Viewer } from "../src/index.js";
import { findBrowser } from "../src/testing.js";
import { makeDataset } from "./make-dataset.js";

const executablePath = await findBrowser();
if (executablePath === null) console.warn("skipped: there is no Chromium here (set CHROMIUM to its path)");

let dataDir: string;
let viewer: Viewer;
let browser: Browser;
/** What the page said that it should not: errors of its scripts, refusals of its policy, requests that failed. */
let complaints: string[];

describe.skipIf(executablePath === null)("the page, in a browser", () => {
  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), "leyenda-page-"));
    viewer = await startViewer({ folders: await makeDataset(dataDir), port: 0 });
    browser = await chromium.launch({ executablePath: executablePath ?? "", args: ["--no-sandbox"] });
  });
  afterAll(async () => {
    await browser.close();
    await viewer.close();
    await rm(dataDir, { recursive: true, force: true });
  });

  it("shows the pictures with their captions, page by page", async () => {
    const page = await openPage();
    expect(await page.title()).toBe("small · Leyenda");
    await seen(page, "Rows 0 to 30 of 30");
    expect(await page.locator("#cards a").count()).toBe(30);
    expect(await page.locator("#cards img").first().evaluate(widthOf)).toBe(43);
    await page.fill("#at", "28");
    await page.click("text=Show");
    await seen(page, "Rows 28 to 30 of 30");
    await page.selectOption("#split", "validation");
    await seen(page, "Rows 0 to 6 of 6");
    await page.goBack();
    await seen(page, "Rows 28 to 30 of 30");
    expect(complaints).toEqual([]);
  });

  it("shows what comes from the web as text, whatever it is", async () => {
    const page = await openPage("?open=train/3");
    await page.waitForSelector("#details h3");
    expect(await page.locator("#details").innerText()).toContain("<img src=x onerror=alert(1)> valiente 6");
    expect(await page.locator("#details a[href^='javascript']").count()).toBe(0);
    expect(await page.locator("#cards b, img[src='x']").count()).toBe(0);
    expect(complaints).toEqual([]);
  });

  it("is used with the keys alone: search, walk, open, go on, close", async () => {
    const page = await openPage();
    await seen(page, "Rows 0 to 30 of 30");
    await page.keyboard.press("/");
    await page.keyboard.type("pinguino");
    await page.keyboard.press("Enter");
    await seen(page, "6 found in rows 0 to 30 of 30");
    await page.locator("#cards a").first().focus();
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Enter");
    await page.waitForSelector("#details[open] h3");
    expect(await page.textContent("#details-title")).toBe("train 5");
    await page.keyboard.press("ArrowRight");
    await page.waitForFunction(() => document.querySelector("#details-title")?.textContent === "train 10");
    expect(new URL(page.url()).searchParams.get("open")).toBe("train/10");
    await page.keyboard.press("Escape");
    await page.waitForSelector("#details:not([open])", { state: "attached" });
    expect(new URL(page.url()).searchParams.get("open")).toBeNull();
    expect(await page.locator("#cards a").count()).toBe(6);
    expect(complaints).toEqual([]);
  });

  it("shows what was dropped, why, and what it was a duplicate of", async () => {
    const page = await openPage("?view=list");
    await seen(page, "Rows 0 to 60 of 60");
    await page.selectOption("#outcome", "duplicate");
    await seen(page, "6 found in rows 0 to 60 of 60");
    await page.locator("#cards a").first().click();
    await page.waitForSelector("#details section .cards a");
    const text = await page.locator("#details").innerText();
    expect(text).toContain("Not in the dataset: duplicate (selection)");
    expect(text).toContain("3");
    await page.locator("#details section .cards a").click();
    await page.waitForFunction(
      () => document.querySelector("#details-title")?.textContent === "Row 3 of the list",
    );
    await page.locator("#details", { hasText: "In train, row 0" }).waitFor();
    expect(complaints).toEqual([]);
  });

  it.each([
    { colorScheme: "light", width: 1280, height: 800 },
    { colorScheme: "dark", width: 360, height: 740 },
  ] as const)(
    "has nothing that keeps anybody out: $colorScheme, $width pixels wide",
    async ({ colorScheme, width, height }) => {
      const page = await openPage("", { colorScheme, viewport: { width, height } });
      await seen(page, "Rows 0 to 30 of 30");
      expect(await violations(page)).toEqual([]);
      expect(await overflow(page)).toBe(0);
      await page.goto(`${viewer.url}?view=list&open=42`);
      await page.waitForSelector("#details section .cards a");
      expect(await violations(page)).toEqual([]);
      expect(await overflow(page)).toBe(0);
    },
  );
});

async function openPage(
  query = "",
  options: Parameters<Browser["newPage"]>[0] = { viewport: { width: 1280, height: 800 } },
): Promise<Page> {
  const page = await browser.newPage(options);
  complaints = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
  page.on("response", (response) => {
    if (response.status() >= 400) complaints.push(`${response.status()} ${response.url()}`);
  });
  await page.goto(viewer.url + query);
  return page;
}

async function seen(page: Page, status: string): Promise<void> {
  await page.waitForFunction((text) => document.querySelector("#status")?.textContent === text, status, {
    timeout: 10_000,
  });
}

function widthOf(image: Element): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<number>();
  const done = (): void => {
    resolve((image as HTMLImageElement).naturalWidth);
  };
  if ((image as HTMLImageElement).complete) done();
  else image.addEventListener("load", done);
  return promise;
}

async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const found = await page.evaluate(() => (globalThis as unknown as { axe: typeof axe }).axe.run());
  return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
}

/** Pixels by which the page is wider than its window. */
function overflow(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}
