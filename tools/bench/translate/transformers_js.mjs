// transformers.js' side of the comparison: greedy is all that it does. The ids of the captions are ours.
//
//   node transformers_js.mjs INSTALLED MODEL_FOLDER DTYPE OUR_MODEL_FOLDER CAPTIONS.tsv COUNT BATCH
//
// INSTALLED: the folder that it was installed in.
import { createRequire } from "node:module";
import { basename, dirname, resolve } from "node:path";

import { MarianTokenizer } from "../../../packages/marian/dist/index.js";
import { longest, readGroups } from "./read-groups.mjs";

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
const pad = BigInt(model.config.pad_token_id);

async function translate(captions, length) {
  let tokens = 0;
  for (let start = 0; start < captions.length; start += Number(batch)) {
    const rows = captions
      .slice(start, start + Number(batch))
      .map((caption) => tokenizer.encode(caption, longest).ids);
    const dims = [rows.length, length];
    const made = await model.generate({
      inputs: new Tensor("int64", BigInt64Array.from(rows.flat(), BigInt), dims),
      attention_mask: new Tensor("int64", new BigInt64Array(rows.length * length).fill(1n), dims),
      max_length: length + 1,
      num_beams: 1,
    });
    for (const ids of made.tolist()) tokens += ids.slice(1).filter((id) => id !== pad).length;
  }
  return tokens;
}

const groups = readGroups(path, Number(count), tokenizer);
const [[firstLength, first]] = groups;
await translate(first.slice(0, 2), firstLength);
const cpu = process.cpuUsage();
const started = performance.now();
let tokens = 0;
for (const [length, captions] of groups) tokens += await translate(captions, length);
const seconds = (performance.now() - started) / 1000;
const { user, system } = process.cpuUsage(cpu);
console.log(
  JSON.stringify({
    who: `transformers.js ${dtype}`,
    beams: 1,
    captions: Number(count),
    captionsPerSecond: Math.round((Number(count) / seconds) * 10) / 10,
    cpuMsPerCaption: Math.round((user + system) / 100 / Number(count)) / 10,
    tokens,
    rssMb: Math.round(process.resourceUsage().maxRSS / 1024),
  }),
);
