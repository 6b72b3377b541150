import { mkdir, mkdtemp, copyFile, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { runCli } from "./run-cli.js";

const fixtures = fileURLToPath(new URL("../../../tools/oracle/fixtures/", import.meta.url));
const picture = join(fixtures, "clip-preprocess/square.png");

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "leyenda-serve-verb-"));
  const tokenizer = join(fixtures, "marian-formats/safetensors");
  await run([
    "model",
    "convert",
    join(fixtures, "caption/torch"),
    join(folder, "model"),
    "--tokenizer",
    tokenizer,
  ]);
  await mkdir(join(folder, "pictures/validation"), { recursive: true });
  await copyFile(picture, join(folder, "pictures/validation/square.png"));
  const row = { file_name: "square.png", caption: "un cuadrado" };
  await writeFile(join(folder, "pictures/validation/metadata.jsonl"), `${JSON.stringify(row)}\n`);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Runs a verb; a server is used once it says its address, and then interrupted. */
async function run(
  args: readonly string[],
  use: (url: string) => Promise<void> = () => Promise.resolve(),
): Promise<{ code: number; err: string; url: string }> {
  let [out, err] = ["", ""];
  const code = await runCli(args, {
    out: (text) => (out += text),
    err: (text) => (err += text),
    isTerminal: false,
    columns: 80,
    cwd: folder,
    env: {},
    now: () => 0,
    onSignal: (listener) => {
      void use(out.trim().replace("0.0.0.0", "127.0.0.1")).finally(() => {
        listener("SIGTERM");
      });
      return () => undefined;
    },
  });
  return { code, err, url: out.trim() };
}

describe("leyenda serve", () => {
  it("captions at the loopback until it is told to stop, with samples of a dataset", async () => {
    let caption: unknown;
    let samples: unknown;
    const args = ["serve", "--model", "model", "--port", "0", "--samples", "pictures", "--threads", "1"];
    const { code, err, url } = await run(args, async (address) => {
      const post = { method: "POST", body: await readFile(picture) };
      caption = await (await fetch(new URL("/api/caption", address), post)).json();
      samples = await (await fetch(new URL("/api/info", address))).json();
    });
    expect(code).toBe(0);
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);
    expect(caption).toMatchObject({ caption: expect.any(String) as string });
    expect(samples).toMatchObject({ samples: [{ id: 0, caption: "un cuadrado" }] });
    expect(err).not.toContain("password");
    await expect(fetch(url)).rejects.toThrow();
  });

  it("warns when others can reach it", async () => {
    const { code, err } = await run(["serve", "--model", "model", "--port", "0", "--host", "0.0.0.0"]);
    expect(code).toBe(0);
    expect(err).toContain("there is no password");
  });

  it("writes the page as files, with the dataset's samples, and takes no options of a server beside that", async () => {
    const args = ["serve", "--model", "model", "--static", "site", "--samples", "pictures"];
    const { code, url } = await run(args);
    expect([code, url]).toEqual([0, join(folder, "site")]);
    const site: unknown = JSON.parse(await readFile(join(folder, "site/site.json"), "utf8"));
    expect(site).toMatchObject({ info: { samples: [{ caption: "un cuadrado" }] } });
    expect(await run([...args, "--port", "1"])).toMatchObject({
      code: 2,
      err: expect.stringContaining("--port") as string,
    });
  });

  it("names a model that is not there, and a split that is not", async () => {
    expect(await run(["serve", "--model", "nothing"])).toMatchObject({
      code: 1,
      err: expect.stringContaining("no converted model") as string,
    });
    const args = ["serve", "--model", "model", "--samples", "pictures", "--split", "test"];
    expect((await run(args)).err).toContain('no split "test"');
  });
});
