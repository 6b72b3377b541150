// node tools/bench/eval/eval.mjs WORK PYTHON [compare]: every score of 25,000 captions beside its Python original; CPU seconds
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import {
  bleuSummed,
  bootstrap,
  chrfSummed,
  ciderD,
  hfBleuSummed,
  meanScore,
  pairedBootstrap,
  pairedRandomization,
  rougeL,
  sumStatistics,
  tokenizeCaption,
} from "../../../packages/eval/dist/index.js";

const [work, python, compare] = process.argv.slice(2);
const read = (name) =>
  readFileSync(join(work, name), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line).caption);
const [hypotheses, others] = [read("predictions.jsonl"), read("other.jsonl")];
const references = read("references.jsonl").map((reference) => [reference]);

const times = {};
function timed(name, run) {
  const before = process.cpuUsage();
  const result = run();
  const { user, system } = process.cpuUsage(before);
  times[name] = (times[name] ?? 0) + (user + system) / 1e6;
  return result;
}
const sacre = {
  bleu: (texts) => bleuSummed(texts, references),
  bleuIntl: (texts) => bleuSummed(texts, references, { tokenize: "intl" }),
  chrf: (texts) => chrfSummed(texts, references),
  chrfPlusPlus: (texts) => chrfSummed(texts, references, { wordOrder: 2 }),
};
const tokens = hypotheses.map(tokenizeCaption);
const referenceTokens = references.map((each) => each.map(tokenizeCaption));

const scores = { hf: timed("hf", () => hfBleuSummed(hypotheses, references))[3] };
for (const [name, summed] of Object.entries(sacre)) scores[name] = timed(name, () => summed(hypotheses));
timed("bootstrap", () => bootstrap(Object.keys(sacre).map((name) => scores[name])));
scores.rougeL = meanScore(timed("rougeL", () => rougeL(tokens, referenceTokens)));
scores.ciderD = meanScore(timed("ciderD", () => ciderD(tokens, referenceTokens)));
if (compare !== undefined) {
  for (const [name, test] of Object.entries({ pairedBootstrap, pairedRandomization }))
    timed(name, () => {
      const [baseline, system] = [others, hypotheses].map((texts) =>
        Object.values(sacre).map((summed) => summed(texts)),
      );
      return test(baseline, system);
    });
}

const peers = fileURLToPath(new URL("peers.py", import.meta.url));
const said = JSON.parse(
  execFileSync(python, [peers, work, ...(compare === undefined ? [] : [compare])], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  }),
);
const names = {
  hf: "BLEU-1 to 4, as the original",
  bleu: "sacreBLEU, 13a",
  bleuIntl: "sacreBLEU, intl",
  chrf: "chrF2",
  chrfPlusPlus: "chrF2++",
  rougeL: "ROUGE-L",
  ciderD: "CIDEr-D",
  bootstrap: "bootstrap of the four of sacrebleu",
  pairedBootstrap: "paired bootstrap of these",
  pairedRandomization: "paired randomisation of these",
};
console.log(`${"CPU seconds".padEnd(36)}    here    peer  times`);
const line = (name, ours, theirs) =>
  console.log(
    `${name.padEnd(36)} ${ours.toFixed(2).padStart(7)} ${theirs.toFixed(2).padStart(7)} ${(theirs / ours).toFixed(1).padStart(6)}`,
  );
let [ours, theirs] = [0, 0];
for (const [name, title] of Object.entries(names)) {
  if (times[name] === undefined) continue;
  line(title, times[name], said.times[name]);
  ours += times[name];
  theirs += said.times[name];
}
line("in all", ours, theirs);
for (const [name, score] of Object.entries(scores)) {
  const value = score.of(sumStatistics(score));
  if (Math.abs(value - said.scores[name]) > 1e-9)
    throw new Error(`${name}: ${value}, there ${said.scores[name]}`);
}
const mebibytes = (process.resourceUsage().maxRSS / 1024).toFixed(0);
console.log(
  `all scores equal to 1e-9; memory at most ${mebibytes} MiB here, ${said.mebibytes.toFixed(0)} MiB there`,
);
