// node tools/bench/eval/make.mjs CORPUS WORK: 25,000 captions, those of another system, and references, of real Spanish sentences
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";

const [corpus, work] = process.argv.slice(2);
const wanted = 25_000;
mkdirSync(work, { recursive: true });

const pairs = [];
for (const part of ["train", "dev", "test"]) {
  for (const line of readFileSync(join(corpus, `parallel/stsb-es-${part}.csv`), "utf8")
    .trim()
    .split("\n")) {
    const [first, second] = Array.from(
      line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g),
      ([, quoted, bare]) => (quoted ?? bare ?? "").replaceAll('""', '"'),
    );
    pairs.push([first, second], [second, first]);
  }
}
// Two Spanish translations of one English sentence.
const first = new Map();
for (const line of gunzipSync(readFileSync(join(corpus, "parallel/tatoeba-en-es.2018.tsv.gz")))
  .toString()
  .trim()
  .split("\n")) {
  const [english, spanish] = line.split("\t");
  const other = first.get(english);
  if (other === undefined) first.set(english, spanish);
  else if (pairs.length < wanted) pairs.push([other, spanish]);
}
const captions = pairs.slice(0, wanted);
const write = (name, textOf) =>
  writeFileSync(
    join(work, name),
    captions.map((pair, id) => `${JSON.stringify({ id, caption: textOf(pair, id) })}\n`).join(""),
  );
write("predictions.jsonl", ([prediction]) => prediction);
write("references.jsonl", ([, reference]) => reference);
// The other system has every seventh caption of another picture.
write("other.jsonl", ([prediction], id) => (id % 7 === 0 ? captions[(id + 1) % wanted][0] : prediction));
console.log(`${captions.length} captions`);
