import axe from "axe-core";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";

export interface OpenedPage {
  page: Page;
  /** What the page said that it should not: errors of its scripts, refusals of its policy, requests to elsewhere. */
  complaints: string[];
}

/** Opens the page at an address, and waits until its samples are there. */
export async function openPage(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<OpenedPage> {
  const page = await browser.newPage({ locale: "en-US", viewport: { width: 1280, height: 800 }, ...options });
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
  page.on("request", (request) => {
    if (!request.url().startsWith(url) && !request.url().startsWith("blob:")) complaints.push(request.url());
  });
  await page.goto(url);
  await page.waitForSelector("#samples img");
  return { page, complaints };
}

/** What axe finds that keeps people out. */
export async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const found = await page.evaluate(() => (globalThis as unknown as { axe: typeof axe }).axe.run());
  return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(" ")}`);
}

/** Pixels by which the page is wider than its window. */
export function overflow(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}
