// Our side of the comparison: a process for each core, each with its share of the captions, as the stage works.
//
//   node translate.mjs MODEL_FOLDER CAPTIONS.tsv COUNT BEAMS [forced|mixed|same]
//
// forced: captions of the same number of tokens together, each translation as long as its source; mixed: of any length together, 17 tokens
// each; same: these, but with `sameLength`. PROCESSES=1 is one process of two threads in place of two of one.
import { fork } from "node:child_process";
import { basename } from "node:path";

import { MarianTokenizer, readModelInfo, Translator } from "../../../packages/marian/dist/index.js";
import { longest, readGroups } from "./read-groups.mjs";

const threads = 2;
const processes = Number(process.env.PROCESSES ?? threads);
/** The default; CTranslate2 is given the same. */
const batchTokens = 1024;
const [folder, path, count, beams, lengths = "forced"] = process.argv.slice(2);

const { config } = await readModelInfo(folder);
/** An end that is forced at the longest length costs nothing, so that there is one more. */
const free = config.forcedEndId === null ? 0 : 1;
const ofLength = (tokens) => ({
  beams: Number(beams),
  maxLength: tokens + 1 + free,
  maxSourceLength: longest,
  earlyStopping: true,
  sameLength: lengths === "same",
});

/** Whole batches, the largest first, each to the process that has least to do. */
function share(groups) {
  // Every other caption where lengths are mixed.
  if (lengths !== "forced")
    return Array.from({ length: processes }, (_, index) =>
      groups.map(([length, captions]) => [length, captions.filter((_, at) => at % processes === index)]),
    );
  const batches = groups.flatMap(([length, captions]) => {
    const together = Math.max(1, Math.floor(batchTokens / (length * Number(beams))));
    const starts = Array.from({ length: Math.ceil(captions.length / together) }, (_, at) => at * together);
    return starts.map((start) => [length, captions.slice(start, start + together)]);
  });
  const cost = ([length, captions]) => length * captions.length;
  batches.sort((a, b) => cost(b) - cost(a));
  const shares = Array.from({ length: processes }, () => ({ cost: 0, batches: [] }));
  for (const batch of batches) {
    const [least] = [...shares].sort((a, b) => a.cost - b.cost);
    least.cost += cost(batch);
    least.batches.push(batch);
  }
  return shares.map((each) => each.batches);
}

if (process.send !== undefined) {
  const translator = await Translator.load(folder, { intraOpThreads: threads / processes });
  await translator.translate(["a black dog on the beach"], ofLength(4));
  process.on("message", async (groups) => {
    const before = process.cpuUsage();
    let tokens = 0;
    for (const [length, captions] of groups) {
      const translations = await translator.translate(captions, ofLength(length));
      tokens += translations.reduce((sum, { ids }) => sum + ids.length - free, 0);
    }
    const { user, system } = process.cpuUsage(before);
    process.send({ tokens, cpu: (user + system) / 1e6, rss: process.resourceUsage().maxRSS / 1024 });
    process.disconnect();
  });
  process.send("ready");
} else {
  const all = readGroups(path, Number(count), await MarianTokenizer.load(folder, config));
  const groups = lengths === "forced" ? all : [[17, all.flatMap(([, captions]) => captions)]];
  const workers = Array.from({ length: processes }, () =>
    fork(new URL(import.meta.url), process.argv.slice(2), {
      // As the stage's workers.
      env: { ...process.env, MALLOC_MMAP_THRESHOLD_: "1048576" },
    }),
  );
  await Promise.all(workers.map((worker) => new Promise((resolve) => worker.once("message", resolve))));
  const started = performance.now();
  const shares = share(groups);
  const results = await Promise.all(
    workers.map(
      (worker, index) =>
        new Promise((resolve) => {
          worker.once("message", resolve);
          worker.send(shares[index]);
        }),
    ),
  );
  const sum = (name) => results.reduce((total, result) => total + result[name], 0);
  const seconds = (performance.now() - started) / 1000;
  console.log(
    JSON.stringify({
      who: `leyenda ${basename(folder)}`,
      beams: Number(beams),
      ...(lengths === "forced" ? {} : { lengths }),
      ...(processes === threads ? {} : { processes }),
      captions: Number(count),
      captionsPerSecond: Math.round((Number(count) / seconds) * 10) / 10,
      cpuMsPerCaption: Math.round((sum("cpu") / Number(count)) * 1e4) / 10,
      tokens: sum("tokens"),
      rssMb: Math.round(sum("rss")),
    }),
  );
}
