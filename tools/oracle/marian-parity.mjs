// Compares our ids with those that marian_parity.py and marian_formats.py recorded, row by row, and says how many are equal.
//
//   node marian-parity.mjs FOLDER...
//   node marian-parity.mjs --int8 FOLDER...
//
// With --int8, how often a model in int8 says the same, and the chrF of what it says beside what was recorded; more is not expected.
//
// FOLDER has options.json, `<search>.ids`, captions.txt and a checkpoint; or expected.json with a folder for each file format. Rows that
// differ are left in `<search>.differing.json` for marian_ties.py. Ends with 1 where there are any. Needs a built checkout.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";

import { chrf } from "../../packages/eval/dist/index.js";
import { convertCheckpoint, MarianTokenizer, Translator } from "../../packages/marian/dist/index.js";

/** What a search is in transformers, and here. */
const searchOf = ({ num_beams: beams, early_stopping: earlyStopping = true }) => ({ beams, earlyStopping });

const readJson = (path) => JSON.parse(readFileSync(path, "utf8"));
const readLines = (path) => readFileSync(path, "utf8").split("\n").slice(0, -1);

let differing = 0;
function compare(what, found, expected) {
  const rows = expected.map((ids, row) => (found[row].ids.join(" ") === ids ? null : row));
  const others = rows.filter((row) => row !== null);
  differing += others.length;
  const named = others.length === 0 ? "" : `; not rows ${others.slice(0, 10).join(", ")}`;
  console.log(`${what}: ${expected.length - others.length} of ${expected.length} rows equal${named}`);
  return others;
}

async function withTranslator(checkpoint, options, use) {
  const folder = mkdtempSync(join(tmpdir(), "leyenda-parity-"));
  try {
    await convertCheckpoint(checkpoint, folder, { precision: "fp32", ...options });
    const translator = await Translator.load(folder);
    await use(translator);
    await translator.close();
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function compareSearches(folder) {
  const { max_length: maxLength, searches } = readJson(join(folder, "options.json"));
  const captions = readLines(join(folder, "captions.txt"));
  await withTranslator(join(folder, "checkpoint"), {}, async (translator) => {
    for (const [name, search] of Object.entries(searches)) {
      const path = join(folder, `${name}.ids`);
      if (!existsSync(path)) continue;
      const options = { ...searchOf(search), maxLength, maxSourceLength: 64, lengthPenalty: 1 };
      const expected = readLines(path);
      const found = await translator.translate(captions.slice(0, expected.length), options);
      const others = compare(`${basename(folder)}, ${name}`, found, expected).map((row) => ({
        row,
        caption: captions[row],
        ours: found[row].ids,
        expected: expected[row].split(" ").map(Number),
      }));
      const differing = join(folder, `${name}.differing.json`);
      rmSync(differing, { force: true });
      if (others.length > 0) writeFileSync(differing, JSON.stringify(others));
    }
  });
}

/** Rows that are equal in int8, and its text beside that of the recorded ids. */
async function compareInt8(folder) {
  const { max_length: maxLength, searches } = readJson(join(folder, "options.json"));
  const captions = readLines(join(folder, "captions.txt"));
  const tokenizer = await MarianTokenizer.load(join(folder, "checkpoint"));
  await withTranslator(join(folder, "checkpoint"), { precision: "int8" }, async (translator) => {
    for (const [name, search] of Object.entries(searches)) {
      const path = join(folder, `${name}.ids`);
      if (!existsSync(path)) continue;
      const expected = readLines(path);
      const found = await translator.translate(captions.slice(0, expected.length), {
        ...searchOf(search),
        maxLength,
        maxSourceLength: 64,
        lengthPenalty: 1,
      });
      const equal = expected.filter((ids, row) => found[row].ids.join(" ") === ids).length;
      const texts = expected.map((ids) => [tokenizer.decode(ids.split(" ").map(Number))]);
      const { score } = chrf(
        found.map(({ text }) => text),
        texts,
      );
      console.log(
        `${basename(folder)} in int8, ${name}: ${equal} of ${expected.length} rows equal, chrF ${score.toFixed(1)} beside fp32`,
      );
    }
  });
}

async function compareFormats(folder) {
  const { texts, max_length: maxLength, greedy, beam4 } = readJson(join(folder, "expected.json"));
  const formats = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  for (const { name } of formats.filter((entry) => !entry.name.startsWith("ssru"))) {
    await withTranslator(join(folder, name), { convention: "hugging-face" }, async (translator) => {
      for (const [beams, expected] of [
        [1, greedy],
        [4, beam4],
      ]) {
        const options = {
          beams,
          maxLength,
          maxSourceLength: maxLength,
          earlyStopping: true,
          lengthPenalty: 1,
        };
        compare(
          `${name}, ${beams === 1 ? "greedy" : `beam ${beams}`}`,
          await translator.translate(texts, options),
          expected.map((ids) => ids.join(" ")),
        );
      }
    });
  }
}

const [first, ...others] = process.argv.slice(2);
const int8 = first === "--int8";
for (const folder of int8 ? others : [first, ...others]) {
  if (int8) await compareInt8(folder);
  else if (existsSync(join(folder, "expected.json"))) await compareFormats(folder);
  else await compareSearches(folder);
}
process.exitCode = differing === 0 ? 0 : 1;
