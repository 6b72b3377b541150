// transformers.js' side of the comparison: greedy is all that it does. The ids of the captions are ours, in batches of about the same length.
//
//   node transformers_js.mjs INSTALLED MODEL_FOLDER DTYPE OUR_MODEL_FOLDER CAPTIONS.tsv COUNT BATCH
//
// INSTALLED: the folder that it was installed in.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, resolve } from "node:path";

import { MarianTokenizer, Translator } from "../../../packages/marian/dist/index.js";

const [installed, folder, dtype, ours, path, count, batch] = process.argv.slice(2);
// Installed by run.sh alone, so it is no dependency of the repository.
const peer = "@huggingface/transformers";
const { AutoModelForSeq2SeqLM, env, Tensor } = createRequire(resolve(installed, "index.js"))(peer);
env.allowRemoteModels = false;
env.localModelPath = dirname(resolve(folder));
const model = await AutoModelForSeq2SeqLM.from_pretrained(basename(folder), {
  dtype,
  device: "cpu",
  session_options: { intraOpNumThreads: 2, interOpNumThreads: 1 },
});
const tokenizer = await MarianTokenizer.load(ours);
const captions = readFileSync(path, "utf8")
  .split("\n")
  .slice(0, Number(count))
  .map((line) => line.split("\t")[0]);
const encoded = captions.map((caption, index) => ({ index, ids: tokenizer.encode(caption, 64).ids }));
const pad = model.config.pad_token_id;
const tensor = (rows) =>
  new Tensor("int64", BigInt64Array.from(rows.flat(), BigInt), [rows.length, rows[0].length]);

async function translate(sources) {
  const found = [];
  const ordered = sources.toSorted((a, b) => a.ids.length - b.ids.length || a.index - b.index);
  for (let start = 0; start < ordered.length; start += Number(batch)) {
    const rows = ordered.slice(start, start + Number(batch));
    const length = rows.at(-1).ids.length;
    const fill = (ids, value) => [...ids, ...Array(length - ids.length).fill(value)];
    const made = await model.generate({
      inputs: tensor(rows.map(({ ids }) => fill(ids, pad))),
      attention_mask: tensor(
        rows.map(({ ids }) =>
          fill(
            ids.map(() => 1),
            0,
          ),
        ),
      ),
      max_length: 64,
      num_beams: 1,
    });
    made.tolist().forEach((ids, place) => {
      const tokens = ids.slice(1).map(Number);
      const end = tokens.indexOf(0);
      found[rows[place].index] = end < 0 ? tokens : tokens.slice(0, end + 1);
    });
  }
  return found;
}

await translate(encoded.slice(0, 2));
const cpu = process.cpuUsage();
const started = performance.now();
const found = await translate(encoded);
const seconds = (performance.now() - started) / 1000;
const { user, system } = process.cpuUsage(cpu);
const rssMb = Math.round(process.resourceUsage().maxRSS / 1024);
const translator = await Translator.load(ours, { intraOpThreads: 2 });
const own = await translator.translate(captions, { beams: 1, maxLength: 64, maxSourceLength: 64 });
console.log(
  JSON.stringify({
    who: `transformers.js ${dtype}`,
    captions: captions.length,
    captionsPerSecond: Math.round((captions.length / seconds) * 10) / 10,
    cpuMsPerCaption: Math.round((user + system) / 100 / captions.length) / 10,
    tokens: found.reduce((sum, ids) => sum + ids.length, 0),
    rssMb,
    sameIdsAsOurs: own.filter(({ ids }, index) => ids.join() === found[index].join()).length,
  }),
);
await translator.close();
