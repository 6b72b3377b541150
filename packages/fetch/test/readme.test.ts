import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { readManifest } from "@leyenda/core";
import { describe, expect, it, vi } from "vitest";

import { gif } from "./support/pictures.js";

const here = fileURLToPath(new URL(".", import.meta.url));

describe("the README's example of fetchParts", () => {
  it("runs as it stands there, but for leave to ask the loopback", async () => {
    const readme = await readFile(join(here, "../README.md"), "utf8");
    const [, example = ""] = /```ts\n(import \{ fetchParts \}[\s\S]*?)```/.exec(readme) ?? [];
    const folder = await mkdtemp(join(here, "readme-"));
    const server = createServer((_, response) => response.end(gif));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const log = vi.spyOn(console, "log").mockImplementation(() => undefined);
    try {
      await writeFile(join(folder, "urls.tsv"), `http://127.0.0.1:${port}/a.gif\ta picture\n`);
      const runnable = example
        .replaceAll(/"(urls\.tsv|pictures)"/g, (_, name: string) => JSON.stringify(join(folder, name)))
        .replace("fetch: {", 'fetch: { allowPrivate: ["127.0.0.1"],');
      await writeFile(join(folder, "example.ts"), runnable);
      await import(join(folder, "example.ts"));
      expect(log.mock.calls).toContainEqual([1, { ok: 1 }]);
      expect(await readManifest(join(folder, "pictures/fetched"))).toMatchObject({ outcomes: { ok: 1 } });
    } finally {
      log.mockRestore();
      server.close();
      server.closeAllConnections();
      await rm(folder, { recursive: true });
    }
  });
});
