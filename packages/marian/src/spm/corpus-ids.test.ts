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

/** Ids of a source, of a target, or a target's ids as text again. */
type Direction = "source" | "target" | "back";

interface Fixture {
  texts: number;
  recorded: { tokenizer: string; direction: Direction; sha256: string; first: string[] }[];
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

async function createLines(place: string, direction: Direction): Promise<(text: string) => string> {
  const [root, rest = ""] = place.split(":");
  const path = join(root === "repository" ? repository : (corpus ?? ""), rest);
  if (path.endsWith(".spm")) {
    const model = await readSentencePieceModel(path);
    const ids = new Map(model.pieces.map(({ text }, id) => [text, id]));
    const encode = createEncoder(model);
    const unknown = ids.get("<unk>") ?? 0;
    return (text) =>
      [...encode(text).map((piece) => ids.get(piece) ?? unknown), ids.get("</s>") ?? 0].join(" ");
  }
  const tokenizer = await MarianTokenizer.load(path);
  if (direction === "source") return (text) => tokenizer.encode(text, Infinity).ids.join(" ");
  const encode = (text: string): number[] => tokenizer.encodeTarget(text, Infinity).ids;
  return (text) => (direction === "target" ? encode(text).join(" ") : tokenizer.decode(encode(text)));
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
      const lines = texts.map(await createLines(recorded.tokenizer, recorded.direction));
      expect(lines.slice(0, recorded.first.length)).toEqual(recorded.first);
      const hash = createHash("sha256");
      for (const line of lines) hash.update(`${line}\n`);
      expect(hash.digest("hex")).toBe(recorded.sha256);
    });
  },
);
