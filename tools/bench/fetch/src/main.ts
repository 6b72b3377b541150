/** Command line of the benchmark; see ../README.md. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";

import type { Contestant } from "./contestants/contestant.js";
import { img2dataset } from "./contestants/img2dataset.js";
import { leyenda } from "./contestants/leyenda.js";
import { aria2c, curl } from "./contestants/raw.js";
import { renderTable } from "./render-table.js";
import { type Run, runContestant } from "./run-contestant.js";
import { type Scenario, type ScenarioName, scenarios } from "./scenarios.js";
import { summarise, type Summary } from "./summarise.js";
import { findPhotos } from "./web/find-photos.js";
import { makeList } from "./web/make-list.js";
import { startWeb } from "./web/start-web.js";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    corpus: { type: "string", default: process.env.LEYENDA_CORPUS ?? "" },
    venv: { type: "string", default: process.env.LEYENDA_BENCH_VENV ?? "tools/bench/.venv" },
    out: { type: "string", default: tmpdir() },
    urls: { type: "string" },
    hosts: { type: "string", default: "256" },
    processes: { type: "string", default: "2" },
    connections: { type: "string", default: "64" },
    repeat: { type: "string", default: "3" },
    only: { type: "string", multiple: true },
    port: { type: "string", default: "8099" },
    seed: { type: "string", default: "leyenda" },
    json: { type: "string" },
  },
});

const contestants = new Map<string, Contestant>(
  [
    leyenda({ clean: false }),
    leyenda({ clean: true }),
    img2dataset({ venv: values.venv, mode: "bodies" }),
    img2dataset({ venv: values.venv, mode: "no-resize" }),
    img2dataset({ venv: values.venv, mode: "256" }),
    aria2c,
    curl,
  ].map((contestant) => [contestant.name, contestant]),
);

if (values.corpus === "") throw new Error("set LEYENDA_CORPUS, or give --corpus: the folder with photos/");
const photoFolder = join(values.corpus, "photos");
const photos = await findPhotos(photoFolder);
const folder = await mkdtemp(join(values.out, "leyenda-bench-"));
const port = Number(values.port);
const hosts = Number(values.hosts);
const delays = [...new Set(Object.values(scenarios).flatMap((scenario) => Object.keys(scenario.delays)))];
const stopWeb = await startWeb({ folder, photos: photoFolder, hosts, port, delays: delays.map(Number) });
const results: Record<string, Summary[]> = {};
try {
  for (const name of positionals.length === 0 ? Object.keys(scenarios) : positionals) {
    const scenario = scenarios[name as ScenarioName] as Scenario | undefined;
    if (scenario === undefined) throw new Error(`no scenario ${name}: ${Object.keys(scenarios).join(", ")}`);
    results[name] = await runScenario(scenario);
    console.log(renderTable(scenario.title, results[name]));
  }
} finally {
  await stopWeb();
  await rm(folder, { recursive: true, force: true });
}
if (values.json !== undefined)
  await writeFile(values.json, `${JSON.stringify({ options: values, results }, null, 2)}\n`);

async function runScenario(scenario: Scenario): Promise<Summary[]> {
  const list = makeList({
    ...scenario,
    urls: Number(values.urls ?? scenario.urls),
    hosts,
    port,
    photos,
    seed: values.seed,
  });
  const first = list.find(({ answer }) => answer === "photo");
  const names = scenario.contestants.filter((name) => values.only?.includes(name) ?? true);
  const runs = new Map(names.map((name) => [name, { full: [] as Run[], start: [] as Run[] }]));
  // Taking turns, so that what else the machine does meets everyone alike.
  for (let repeat = 0; repeat < Number(values.repeat); repeat++) {
    for (const [name, { full, start }] of runs) {
      const contestant = contestants.get(name);
      if (contestant === undefined) throw new Error(`no contestant ${name}`);
      const processes = Number(values.processes);
      const job = { folder: join(folder, "job"), processes, connections: Number(values.connections) };
      // One URL for each process, so that as many of them are started.
      const few = first === undefined ? [] : Array.from({ length: processes }, () => first);
      start.push(await runContestant(contestant, { ...job, list: few }));
      full.push(await runContestant(contestant, { ...job, list }));
      console.error(`${name} ${repeat + 1}: ${JSON.stringify(full.at(-1))}`);
    }
  }
  return [...runs].map(([name, { full, start }]) => summarise(name, full, start));
}
