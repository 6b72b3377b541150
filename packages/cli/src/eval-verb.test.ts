import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import type { CaptionEvaluation } from "@leyenda/eval";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { runIn } from "../test/run-in.js";

const fixtures = fileURLToPath(new URL("../../../tools/oracle/fixtures/", import.meta.url));
const pictures = ["pixel.png", "square.png", "strip.png", "pixel.png", "square.png"];

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "leyenda-eval-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function run(...args: string[]): ReturnType<typeof runIn> {
  return runIn(folder, {}, args);
}

async function write(name: string, lines: readonly (object | string)[]): Promise<string> {
  const text = lines.map((line) => (typeof line === "string" ? line : JSON.stringify(line)));
  await writeFile(join(folder, name), `${text.join("\n")}\n`);
  return name;
}

async function read(name: string): Promise<CaptionEvaluation> {
  return JSON.parse(await readFile(join(folder, name), "utf8")) as CaptionEvaluation;
}

describe("leyenda eval --predictions", () => {
  const references = [
    { id: 1, caption: "un perro negro corre por la playa" },
    { id: 2, captions: ["dos niñas leen un libro rojo", "unas niñas con un libro"] },
    { id: 3, caption: "un autobús en la calle" },
  ];
  beforeAll(async () => {
    await write("references.jsonl", references);
    await write("predictions.jsonl", [
      { id: "2", caption: "dos niñas leen un libro", score: -1 },
      { id: "1", caption: "un perro negro corre por la playa" },
      { id: "3", error: "SOURCE_INVALID", message: "broken" },
    ]);
    await copyFile(join(fixtures, "clip-preprocess/square.png"), join(folder, "square.png"));
  });
  const score = (...args: string[]): ReturnType<typeof runIn> =>
    run("eval", "--references", "references.jsonl", "--resamples", "50", ...args);

  it("shows a table, whatever the order of the lines", async () => {
    const { code, out, err } = await score("--predictions", "predictions.jsonl");
    expect(err).toBe("");
    expect(code).toBe(0);
    expect(out).toMatch(/3 captions, of which 1 failed and are empty/);
    expect(out).toMatch(/^BLEU-1, as the original +0\.\d{4} +0\.\d{4} – \d\.\d{4}$/m);
  });

  it("compares two systems, and writes JSON, a report with pictures and event files", async () => {
    const other = await write("other.jsonl", [
      { picture: "square.png", id: 1, caption: "un gato" },
      { id: 2, caption: "" },
      { id: 3, caption: "<b>un autobús</b>" },
    ]);
    const args = [
      "--predictions",
      "other.jsonl",
      "--compare",
      "predictions.jsonl",
      "--out",
      "result",
      "--json",
    ];
    const { code, out } = await score(...args, "--step", "7");
    expect(code).toBe(0);
    const evaluation = await read("result/metrics.json");
    expect(JSON.parse(out)).toEqual(evaluation);
    expect(evaluation.name).toBe(other);
    const { sacrebleu } = evaluation.comparison?.scores ?? {};
    expect(sacrebleu?.difference).toBeLessThan(0);
    expect(sacrebleu?.pRandomization).toBeGreaterThan(0);
    const html = await readFile(join(folder, "result/index.html"), "utf8");
    expect(html).toContain("data:image/jpeg;base64,");
    expect(html).toContain("&lt;b&gt;un autobús&lt;/b&gt;");
    expect(await readdir(join(folder, "result/tensorboard"))).toHaveLength(1);
  });

  it.each<[string, (object | string)[], RegExp]>([
    ["a line that is no JSON", [{ id: 1, caption: "a" }, '{"id": 2,'], /no JSON[\s\S]*bad\.jsonl:2/],
    ["a line that is no object", ["[1]"], /no object/],
    ["a line without an id", [{ caption: "a" }], /no id[\s\S]*there is caption/],
    ["a line without a caption", [{ id: 1, text: "a" }], /no caption[\s\S]*there is id, text/],
    ["a caption that is no text", [{ id: 1, caption: 5 }], /caption: [\s\S]*bad\.jsonl:1/],
    [
      "an id that is there twice",
      [
        { id: 1, caption: "a" },
        { id: "1", caption: "b" },
      ],
      /there twice[\s\S]*bad\.jsonl:1/,
    ],
    [
      "predictions without a reference",
      [1, 2, 3, 4].map((id) => ({ id, caption: "a" })),
      /1 of 4 predictions have no reference[\s\S]*"4"/,
    ],
    ["references without a prediction", [{ id: 1, caption: "a" }], /2 of 3 references have no prediction/],
    ["nothing", [], /there are no predictions/],
  ])("refuses %s", async (_, lines, message) => {
    await write("bad.jsonl", lines);
    const { code, err } = await score("--predictions", "bad.jsonl");
    expect(code).toBe(1);
    expect(err).toMatch(message);
    expect(err).toMatch(/bad\.jsonl|references\.jsonl/);
  });

  it("names a file that is missing, and options that do not go together", async () => {
    expect((await score("--predictions", "none.jsonl")).err).toMatch(/cannot be read[\s\S]*none\.jsonl/);
    expect((await run("eval", "--predictions", "predictions.jsonl")).err).toMatch(/--references/);
    expect((await run("eval")).err).toMatch(/nothing to evaluate/);
  });
});

describe("leyenda eval --model", () => {
  beforeAll(async () => {
    const args = [join(fixtures, "caption/flax"), join(folder, "model"), "--tokenizer"];
    await run("model", "convert", ...args, join(fixtures, "marian-formats/safetensors"));
    const split = join(folder, "pictures/validation");
    await mkdir(split, { recursive: true });
    const rows = pictures.map((name, place) => ({
      file_name: `${place}-${name}`,
      caption: `un ${name}`,
      place,
    }));
    for (const { file_name: name, place } of rows)
      await copyFile(join(fixtures, "clip-preprocess", pictures[place] ?? ""), join(split, name));
    await writeFile(join(split, "5-broken.png"), "no picture");
    await writeFile(
      join(split, "metadata.jsonl"),
      [...rows, { file_name: "5-broken.png", caption: "nada" }]
        .map((row) => `${JSON.stringify(row)}\n`)
        .join(""),
    );
  });

  it("scores a split's captions, with its loss, beside shuffled pictures, and leaves what can be scored again", async () => {
    const args = [
      "--model",
      "model",
      "--batch-size",
      "2",
      "--loss-batch",
      "2",
      "--shuffled",
      "--out",
      "split",
    ];
    const { code, out, err } = await run("eval", "pictures", ...args, "--resamples", "0");
    expect(err).toMatch(/metadata\.jsonl:5: the picture cannot be decoded/);
    expect(code).toBe(0);
    expect(out).toMatch(/6 captions, of which 1 failed/);
    const evaluation = await read("split/metrics.json");
    expect(evaluation.loss).toMatchObject({ rows: 5, batch: 2, batches: 2 });
    expect(evaluation.loss?.loss).toBeGreaterThan(0);
    expect(evaluation.shuffled?.loss).toMatchObject({ rows: 5, tokens: evaluation.loss?.tokens });
    expect(evaluation.shuffled?.loss?.loss).not.toBe(evaluation.loss?.loss);

    const files = ["--predictions", "split/predictions.jsonl", "--references", "split/references.jsonl"];
    const again = JSON.parse(
      (await run("eval", ...files, "--resamples", "0", "--json")).out,
    ) as CaptionEvaluation;
    expect(again.scores.chrf).toEqual(evaluation.scores.chrf);
    expect(again.failed).toBe(1);

    const caption = await run("caption", "pictures", "--split", "validation", "--model", "model");
    const captions = (text: string): unknown[] =>
      text
        .trim()
        .split("\n")
        .map((line) => (JSON.parse(line) as { caption?: string }).caption);
    expect(captions(await readFile(join(folder, "split/predictions.jsonl"), "utf8"))).toEqual(
      captions(caption.out),
    );
  });

  it("does not depend on the size of a batch", async () => {
    const loss = async (size: string): Promise<number> => {
      const args = [
        "--model",
        "model",
        "--batch-size",
        size,
        "--out",
        `size-${size}`,
        "--resamples",
        "0",
        "--json",
      ];
      const { out } = await run("eval", "pictures", ...args);
      return (JSON.parse(out) as CaptionEvaluation).loss?.loss ?? NaN;
    };
    expect(await loss("1")).toBeCloseTo(await loss("16"), 5);
  });

  it("names a split and a column that are not there", async () => {
    const args = ["eval", "pictures", "--model", "model", "--out", "none"];
    expect((await run(...args, "--split", "test")).err).toMatch(/no split "test"/);
    expect((await run(...args, "--caption", "alt")).err).toMatch(/no caption "alt"[\s\S]*one of: caption/);
    expect(await readdir(folder)).not.toContain("none");
  });
});
