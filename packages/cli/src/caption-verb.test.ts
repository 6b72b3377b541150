import { copyFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { runIn } from "../test/run-in.js";

const fixtures = fileURLToPath(new URL("../../../tools/oracle/fixtures/", import.meta.url));
const pictures = ["pixel.png", "square.png", "strip.png"];

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "leyenda-caption-"));
  await run(
    "model",
    "convert",
    join(fixtures, "caption/flax"),
    join(folder, "model"),
    "--tokenizer",
    join(fixtures, "marian-formats/safetensors"),
  );
  await mkdir(join(folder, "pictures/validation"), { recursive: true });
  for (const name of pictures)
    await copyFile(join(fixtures, "clip-preprocess", name), join(folder, "pictures/validation", name));
  await writeFile(
    join(folder, "pictures/validation/metadata.jsonl"),
    pictures.map((name) => `${JSON.stringify({ file_name: name, caption: `un ${name}` })}\n`).join(""),
  );
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function run(...args: string[]): ReturnType<typeof runIn> {
  return runIn(folder, {}, args);
}

interface Line {
  picture: string;
  caption?: string;
  score?: number;
  error?: string;
  alternatives?: unknown[];
}

const lines = (out: string): Line[] =>
  out
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Line);

describe("leyenda caption", () => {
  it("says a line for every picture of a folder, and the same for each alone and in any batch", async () => {
    const all = await run("caption", "pictures", "--model", "model");
    expect(all.err).toBe("");
    expect(all.code).toBe(0);
    expect(lines(all.out).map(({ picture }) => picture)).toEqual(
      pictures.map((name) => join("pictures/validation", name)),
    );
    const alone = await run(
      "caption",
      "pictures/validation/strip.png",
      "--model",
      "model",
      "--batch-size",
      "1",
    );
    expect(lines(alone.out)[0]?.caption).toBe(lines(all.out)[2]?.caption);
  });

  it("goes on after what cannot be captioned, says why, and exits with 1", async () => {
    await writeFile(join(folder, "broken.png"), "no picture");
    const inputs = [
      "broken.png",
      "nowhere.jpg",
      "http://127.0.0.1:9/secret.jpg",
      "pictures/validation/square.png",
    ];
    const { code, out, err } = await run("caption", ...inputs, "--model", "model");
    expect(code).toBe(1);
    const found = lines(out);
    expect(found.map(({ picture }) => picture)).toEqual(inputs);
    expect(found.map(({ error }) => error)).toEqual([
      "SOURCE_INVALID",
      "SOURCE_MISSING",
      "SOURCE_INVALID",
      undefined,
    ]);
    // No address within the network is asked.
    expect(err).toMatch(/blocked_address/);
  });

  it("captions a split of a dataset, with the next best where they are wanted", async () => {
    const { code, out } = await run(
      "caption",
      "pictures",
      "--split",
      "validation",
      "--model",
      "model",
      "--best",
      "2",
    );
    expect(code).toBe(0);
    const found = lines(out);
    expect(found).toHaveLength(3);
    for (const { alternatives } of found) expect(alternatives).toHaveLength(1);
    expect((await run("caption", "pictures", "--split", "test", "--model", "model")).err).toMatch(
      /no split "test"/,
    );
  });

  it("names a model that is not one", async () => {
    expect((await run("caption", "broken.png", "--model", "pictures")).err).toMatch(/no converted model/);
  });
});

describe("leyenda model", () => {
  it("describes a caption model, and refuses what is not for one", async () => {
    expect((await run("model", "info", join(folder, "model"))).out).toMatch(
      /^encoder +CLIP, 2 layers, 3 heads/m,
    );
    const args = [
      "model",
      "convert",
      join(fixtures, "caption/flax"),
      join(folder, "other"),
      "--shortlist",
      "lex.bin",
    ];
    expect((await run(...args)).err).toMatch(/--shortlist is not for a caption model/);
  });
});
