import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { asyncBufferFromFile, parquetReadObjects } from "hyparquet";
import { beforeAll, describe, expect, it } from "vitest";

import { createEncoder } from "./create-encoder.js";
import { MarianTokenizer } from "./marian-tokenizer.js";
import { readSentencePieceModel } from "./read-sentence-piece-model.js";

const repository = fileURLToPath(new URL("../../../..", import.meta.url));
const corpus = process.env.LEYENDA_CORPUS;

interface Fixture {
  texts: number;
  recorded: { tokenizer: string; direction: "source" | "target"; sha256: string; first: string[] }[];
}

const fixture = JSON.parse(
  await readFile(join(repository, "tools/oracle/fixtures/sentencepiece/corpus-ids.json"), "utf8"),
) as Fixture;

/** 15,840 captions and 10,000 alt-texts. */
async function readTexts(folder: string): Promise<string[]> {
  const table = await readFile(join(folder, "web/cc3m-validation.caption-url.tsv"), "utf8");
  const captions = table
    .trimEnd()
    .split("\n")
    .map((line) => line.split("\t")[0] ?? "");
  const file = await asyncBufferFromFile(join(folder, "web/web-alt-text-10000.parquet"));
  const rows = await parquetReadObjects({ file, columns: ["TEXT"] });
  return [...captions, ...rows.map(({ TEXT }) => (typeof TEXT === "string" ? TEXT : ""))];
}

async function createIds(place: string, direction: "source" | "target"): Promise<(text: string) => number[]> {
  const [root, rest = ""] = place.split(":");
  const path = join(root === "repository" ? repository : (corpus ?? ""), rest);
  if (path.endsWith(".spm")) {
    const model = await readSentencePieceModel(path);
    const ids = new Map(model.pieces.map(({ text }, id) => [text, id]));
    const encode = createEncoder(model);
    const unknown = ids.get("<unk>") ?? 0;
    return (text) => [...encode(text).map((piece) => ids.get(piece) ?? unknown), ids.get("</s>") ?? 0];
  }
  const tokenizer = await MarianTokenizer.load(path);
  return (text) =>
    (direction === "source" ? tokenizer.encode(text, Infinity) : tokenizer.encodeTarget(text, Infinity)).ids;
}

describe.skipIf(corpus === undefined)(
  "ids of 25,840 real captions and alt-texts (needs LEYENDA_CORPUS)",
  () => {
    let texts: string[];
    beforeAll(async () => {
      texts = await readTexts(corpus ?? "");
      expect(texts).toHaveLength(fixture.texts);
    });

    it.each(fixture.recorded)("are those of the reference: $tokenizer, $direction", async (recorded) => {
      const idsOf = await createIds(recorded.tokenizer, recorded.direction);
      const lines = texts.map((text) => idsOf(text).join(" "));
      expect(lines.slice(0, 200)).toEqual(recorded.first);
      const hash = createHash("sha256");
      for (const line of lines) hash.update(`${line}\n`);
      expect(hash.digest("hex")).toBe(recorded.sha256);
    });
  },
);
