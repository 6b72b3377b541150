import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { InferenceSession, Tensor } from "onnxruntime-node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { convertCheckpoint } from "../convert-checkpoint.js";
import { readModelInfo } from "../model-info.js";
import { buildChoice } from "../onnx/build-choice.js";
import { buildShortlist } from "../shortlist/build-shortlist.js";
import { readShortlist } from "../shortlist/read-shortlist.js";
import { MarianTokenizer } from "../spm/marian-tokenizer.js";
import { Translator } from "../translator.js";
import { decodeBatch } from "./decode-batch.js";
import type { SearchOptions } from "./sentence-search.js";

const corpus = process.env.LEYENDA_CORPUS;
const checkpoint = join(corpus ?? "", "marian/sample-en-es");
const search: SearchOptions = {
  beams: 4,
  maxLength: 64,
  lengthPenalty: 1,
  earlyStopping: true,
  noRepeatNgramSize: 0,
  minLength: 0,
  rules: "hf",
};

describe.skipIf(corpus === undefined)("a model with a shortlist (needs LEYENDA_CORPUS)", () => {
  let folder: string;
  let captions: string[];
  const shortlist = (): string => join(folder, "lex.bin");
  const few = (): string[] => captions.slice(0, 8);
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "leyenda-shortlisted-"));
    const rows = (await readFile(join(checkpoint, "expected.beam4.tsv"), "utf8")).trimEnd().split("\n");
    const pairs = rows.map((row) => row.split("\t") as [string, string]);
    captions = pairs.slice(0, 24).map(([caption]) => caption);
    const tokenizer = await MarianTokenizer.load(checkpoint);
    // Of a few sentences alone, so that it holds back much.
    const learnt = pairs
      .slice(20, 300)
      .map(([en, es]) => [tokenizer.encode(en, 64).ids, tokenizer.encodeTarget(es, 64).ids] as const);
    await writeFile(shortlist(), buildShortlist(learnt, { firstWords: 10, bestWords: 20 }));
    for (const precision of ["fp32", "int8"] as const) {
      await convertCheckpoint(checkpoint, join(folder, precision), { precision });
      await convertCheckpoint(checkpoint, join(folder, `${precision}-shortlist`), {
        precision,
        shortlist: shortlist(),
      });
    }
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  /** Translates with the model that has no shortlist, and takes the logits of all words that are not on it to −∞. */
  async function byMasking(precision: string, options: SearchOptions): Promise<number[][]> {
    const from = join(folder, precision);
    const { config } = await readModelInfo(from);
    const [encoder, decoder] = await Promise.all(
      ["encoder.onnx", "decoder.onnx"].map((name) => InferenceSession.create(join(from, name))),
    );
    const tokenizer = await MarianTokenizer.load(from);
    const lists = await readShortlist(shortlist());
    const size = config.vocabularySize;
    const found: number[][] = [];
    for (const caption of few()) {
      const { ids } = tokenizer.encode(caption, 64);
      const allowed = new Set(lists.forSources(ids, size - 1)).add(config.endId);
      const mask = new Tensor("float32", new Float32Array(ids.length), [1, 1, 1, ids.length]);
      const cross = await encoder?.run({
        ids: new Tensor("int32", Int32Array.from(ids), [1, ids.length]),
        mask,
      });
      const [hypotheses] = await decodeBatch({
        config: { ...config, renormalize: false },
        words: size,
        perSentence: { ...cross, cross_mask: mask },
        sentences: 1,
        search: options,
        memory: new Map(),
        step: async ({ count, ...inputs }) => {
          // A quarter of the vocabulary; the rest is too unlikely to decide anything.
          const all = BigInt64Array.of(2000n);
          const made = (await decoder?.run({ ...inputs, count: new Tensor("int64", all, [1]) })) ?? {};
          return { ...made, ...restrict(made, allowed, Number(count?.data[0])) };
        },
      });
      found.push(hypotheses?.[0]?.tokens ?? []);
    }
    return found;
  }

  function restrict(
    { scores, tokens }: Record<string, Tensor>,
    allowed: ReadonlySet<number>,
    count: number,
  ): Record<string, Tensor> {
    const [rows = 0, size = 0] = scores?.dims ?? [];
    const [bestScores, bestTokens] = [new Float32Array(rows * count), new BigInt64Array(rows * count)];
    for (let row = 0; row < rows; row += 1) {
      const kept = Array.from({ length: size }, (_, at) => ({
        score: Number(scores?.data[row * size + at]),
        token: Number(tokens?.data[row * size + at]),
      })).filter(({ token }) => allowed.has(token));
      const denominator = Math.log(kept.reduce((sum, { score }) => sum + Math.exp(score), 0));
      for (let rank = 0; rank < count; rank += 1) {
        const { score, token } = kept[rank] ?? { score: -Infinity, token: 0 };
        bestScores[row * count + rank] = score - denominator;
        bestTokens[row * count + rank] = BigInt(token);
      }
    }
    const dims = [rows, count];
    return { scores: new Tensor("float32", bestScores, dims), tokens: new Tensor("int64", bestTokens, dims) };
  }

  it.each([
    ["fp32", 4],
    ["int8", 1],
    ["int8", 4],
  ] as const)(
    "says what the whole vocabulary says with all other words masked (%s, %d beams)",
    async (precision, beams) => {
      const translator = await Translator.load(join(folder, `${precision}-shortlist`));
      const translations = await translator.translate(few(), { ...search, beams, maxSourceLength: 64 });
      await translator.close();
      const expected = await byMasking(precision, { ...search, beams });
      expect(translations.map(({ ids }) => ids)).toEqual(expected);
      // The list has held something back, or there is nothing to see.
      const free = await Translator.load(join(folder, precision));
      const unrestricted = await free.translate(few(), { ...search, beams, maxSourceLength: 64 });
      await free.close();
      expect(unrestricted.map(({ ids }) => ids)).not.toEqual(expected);
    },
    60_000,
  );

  it.each(["fp32", "int8"])("scores no last digit otherwise in other company (%s)", async (precision) => {
    const translator = await Translator.load(join(folder, `${precision}-shortlist`));
    const options = { ...search, sameLength: true };
    const together = await translator.translate(captions, options);
    for (const [index, caption] of captions.entries()) {
      const [alone] = await translator.translate([caption], options);
      expect(alone).toEqual(together[index]);
    }
    await translator.close();
  });

  it("is another model to every record, says its lists, and names a shortlist that is not one", async () => {
    const [plain, listed] = await Promise.all(
      ["int8", "int8-shortlist"].map((name) => readModelInfo(join(folder, name))),
    );
    expect(listed?.hash).not.toBe(plain?.hash);
    expect(listed?.files).toHaveProperty("shortlist.bin");
    const broken = join(folder, "broken");
    await cp(join(folder, "int8-shortlist"), broken, { recursive: true });
    await writeFile(join(broken, "shortlist.bin"), "no list");
    await expect(Translator.load(broken)).rejects.toMatchObject({
      code: "MODEL_INVALID",
      where: join(broken, "shortlist.bin"),
    });
    const to = join(folder, "other");
    await expect(
      convertCheckpoint(checkpoint, to, { shortlist: join(broken, "shortlist.bin") }),
    ).rejects.toMatchObject({ code: "MODEL_INVALID" });
  });
});

describe("the choice among a shortlist's words", () => {
  it("is the same whether the matrix is signed or, where signed products saturate, unsigned", async () => {
    const [width, words] = [8, 256];
    const signed = Int8Array.from({ length: width * words }, (_, at) => ((at * 37) % 255) - 127);
    const count = new Tensor("int64", BigInt64Array.of(5n), [1]);
    const inputs = {
      hidden: new Tensor(
        "float32",
        Float32Array.from({ length: 2 * width }, (_, at) => Math.sin(at)),
        [2, width],
      ),
      scales: new Tensor("float32", new Float32Array(words).fill(0.01), [words]),
      bias: new Tensor("float32", new Float32Array(words), [words]),
      words: new Tensor(
        "int32",
        Int32Array.from({ length: words }, (_, at) => 3 * at),
        [words],
      ),
      allowed: new Tensor("float32", new Float32Array(2 * words), [2, 1, words]),
      count,
    };
    const run = async (kind: "int8" | "uint8"): Promise<unknown[]> => {
      const session = await InferenceSession.create(buildChoice(width, kind).toBytes());
      const matrix =
        kind === "int8"
          ? new Tensor("int8", signed, [width, words])
          : new Tensor(
              "uint8",
              Uint8Array.from(signed, (value) => value + 128),
              [width, words],
            );
      const { tokens, excess, sums } = await session.run({ ...inputs, matrix });
      return [tokens?.data, excess?.data, sums?.data];
    };
    expect(await run("uint8")).toEqual(await run("int8"));
  });
});
