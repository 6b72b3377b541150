// How much faster two worker processes are than one, on the same machine, in one run: fetch and clean of photos from a local nginx
// (`../fetch`), and translate. Efficiency is the time of one divided by twice the time of two; starts and ends of the commands included.
// nginx takes its share of the same cores.
//
//     node tools/bench/queue/scaling.mjs [photos] [captions]        default: 9560 6000
//
// Needs LEYENDA_CORPUS, nginx (`../setup.sh` installs it) and a built checkout.

import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { datasetFolders, loadDatasetConfig } from "../../../packages/core/dist/index.js";
import { makeCaptions } from "../../e2e/dist/translate-soak/make-captions.js";
import { writeSelected } from "../../e2e/dist/translate-soak/write-selected.js";
import { leyenda } from "../fetch/dist/contestants/leyenda.js";
import { findPhotos } from "../fetch/dist/web/find-photos.js";
import { makeList } from "../fetch/dist/web/make-list.js";
import { startWeb } from "../fetch/dist/web/start-web.js";

const [photoCount = 9_560, captionCount = 6_000] = process.argv.slice(2).map(Number);
const root = fileURLToPath(new URL("../../../", import.meta.url));
const photoFolder = join(process.env.LEYENDA_CORPUS ?? "", "photos");
const folder = await mkdtemp(join(tmpdir(), "leyenda-scaling-"));
const web = { hosts: 256, port: 8099 };
const stopWeb = await startWeb({ folder, photos: photoFolder, ...web, delays: [0] });
try {
  const photos = await findPhotos(photoFolder);
  const answers = { delays: { 0: 100 }, answers: { photo: 100 } };
  const list = makeList({ urls: photoCount, ...web, photos, ...answers, seed: "scaling" });
  const contestant = leyenda({ clean: true });
  await compare(`fetch and clean, ${photoCount} photos`, async (processes) => {
    const job = { folder: join(folder, "photos"), list, processes, connections: 64 };
    await mkdir(job.folder);
    await contestant.prepare(job);
    const seconds = time(contestant.commands(job));
    const stored = await contestant.stored(job);
    if (stored !== photoCount) throw new Error(`${stored} photos instead of ${photoCount}`);
    await rm(job.folder, { recursive: true });
    return seconds;
  });

  const path = join(folder, "dataset.json");
  const model = join(root, "datasets/sample/model");
  await writeFile(
    path,
    JSON.stringify({
      name: "scaling",
      source: { path: "list.tsv", rowsPerPart: Math.ceil(captionCount / 8) },
      select: { train: captionCount, validation: 0 },
      translate: { model },
    }),
  );
  const config = await loadDatasetConfig(path);
  const folders = datasetFolders(config.name, folder);
  await writeSelected(config, folders, makeCaptions(captionCount));
  await compare(`translate, ${captionCount} captions`, async (processes) => {
    const command = [join(root, "packages/cli/bin/leyenda.js"), "translate", path, "--data-dir", folder];
    const seconds = time([[process.execPath, ...command, "--workers", String(processes)]]);
    await rm(folders.translated, { recursive: true });
    return seconds;
  });
} finally {
  await stopWeb();
  await rm(folder, { recursive: true, force: true });
}

/** One, two, and one again, so that a machine that changes its speed meanwhile is seen. */
async function compare(what, run) {
  const [before, two, after] = [await run(1), await run(2), await run(1)];
  const one = (before + after) / 2;
  const seconds = [before, after, two].map((value) => value.toFixed(1));
  console.log(
    `${what}: one process ${seconds[0]} and ${seconds[1]} s, two ${seconds[2]} s: efficiency ${(one / (2 * two)).toFixed(2)}`,
  );
}

function time(commands) {
  const began = performance.now();
  for (const [command, ...args] of commands)
    execFileSync(command, args, { stdio: ["ignore", "ignore", "inherit"] });
  return (performance.now() - began) / 1_000;
}
