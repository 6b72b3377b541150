// Our side of the comparison: a process for each core, each with its share of the captions, as the stage works.
//
//   node translate.mjs MODEL_FOLDER CAPTIONS.tsv COUNT BEAMS [PROCESSES]
import { fork } from "node:child_process";
import { readFileSync } from "node:fs";

import { Translator } from "../../../packages/marian/dist/index.js";

const [folder, path, count, beams, processes = "2"] = process.argv.slice(2);
const options = { beams: Number(beams), maxLength: 64, maxSourceLength: 64, earlyStopping: true };

if (process.send !== undefined) {
  const translator = await Translator.load(folder, { intraOpThreads: 1 });
  await translator.translate(["a black dog on the beach"], options);
  process.on("message", async (captions) => {
    const before = process.cpuUsage();
    const translations = await translator.translate(captions, options);
    const { user, system } = process.cpuUsage(before);
    process.send({
      tokens: translations.reduce((sum, { ids }) => sum + ids.length, 0),
      cpu: (user + system) / 1e6,
      rss: process.resourceUsage().maxRSS / 1024,
    });
    process.disconnect();
  });
  process.send("ready");
} else {
  const captions = readFileSync(path, "utf8")
    .split("\n")
    .slice(0, Number(count))
    .map((line) => line.split("\t")[0]);
  const workers = Array.from({ length: Number(processes) }, () =>
    fork(new URL(import.meta.url), process.argv.slice(2)),
  );
  await Promise.all(workers.map((worker) => new Promise((resolve) => worker.once("message", resolve))));
  const started = performance.now();
  const results = await Promise.all(
    workers.map(
      (worker, index) =>
        new Promise((resolve) => {
          worker.once("message", resolve);
          worker.send(captions.filter((_, at) => at % workers.length === index));
        }),
    ),
  );
  const sum = (name) => results.reduce((total, result) => total + result[name], 0);
  const seconds = (performance.now() - started) / 1000;
  console.log(
    JSON.stringify({
      who: `leyenda ${folder.split("/").pop()}`,
      beams: Number(beams),
      captionsPerSecond: Math.round((captions.length / seconds) * 10) / 10,
      cpuMsPerCaption: Math.round((sum("cpu") / captions.length) * 1e4) / 10,
      tokens: sum("tokens"),
      rssMb: Math.round(sum("rss")),
    }),
  );
}
