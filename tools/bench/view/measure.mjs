// Measures "leyenda view" on a dataset's folder, such as one that make.mjs has written:
//
//     node tools/bench/view/measure.mjs <folder>/dataset
//
// Prints JSON: milliseconds until the page is served and for each kind of request, and the viewer's memory. A search goes on from
// answer to answer to the end of the data, as the page does; "longest" is its slowest single answer. Linux only, for memory.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

const [dataset] = process.argv.slice(2);
const started = performance.now();
const command = fileURLToPath(new URL("../../../packages/cli/bin/leyenda.js", import.meta.url));
const viewer = spawn(process.execPath, [command, "view", dataset, "--port", "0"], {
  stdio: ["ignore", "pipe", "ignore"],
});
const [url] = (await once(viewer.stdout, "data")).map((text) => String(text).trim());
const result = { startMs: since(started), rssAtStartMB: (await memory()).VmRSS };
const { splits, list } = await ask("/api/dataset");
const [{ split, rows }] = splits;
const { random } = seeded();

result.firstPageMs = (await timed(`/api/rows?split=${split}`)).ms;
result.pageAnywhere = await spread(200, () => `/api/rows?split=${split}&at=${random(rows)}`);
result.lineageAnywhere = await spread(200, () => `/api/rows/${split}/${random(rows)}`);
result.pictureAnywhere = await spread(200, () => `/pictures/dataset/${split}/${random(rows)}`);
result.listPageAnywhere = await spread(100, () => `/api/list?at=${random(list.rows)}`);
result.commonWord = (await timed(`/api/rows?split=${split}&q=perro&at=${random(rows)}`)).ms;
result.rareWord = await throughAll(`/api/rows?split=${split}&q=Ornitorrinco`);
result.rareEnglishWord = await throughAll(`/api/rows?split=${split}&q=platypus`);
result.absentWord = await throughAll(`/api/rows?split=${split}&q=nothinglikethis`);
result.flag = await throughAll(`/api/rows?split=${split}&flag=loop`);
result.outcome = await throughAll("/api/list?outcome=duplicate&q=platypus");
result.outcomeOfFetch = await throughAll("/api/list?outcome=dns");
result.firstNear = await untilReady("/api/list/10/near");
result.nearAnywhere = await spread(50, () => `/api/list/${random(list.rows / 5) * 5}/near`);
const { VmRSS, VmHWM } = await memory();
Object.assign(result, { rssAtEndMB: VmRSS, peakRssMB: VmHWM });
console.log(JSON.stringify(result, null, 2));
viewer.kill("SIGINT");

async function ask(path) {
  const response = await fetch(new URL(path, url));
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return response.headers.get("content-type").startsWith("application/json")
    ? response.json()
    : response.arrayBuffer();
}

async function timed(path) {
  const begin = performance.now();
  const body = await ask(path);
  return { ms: since(begin), body };
}

async function spread(times, pathOf) {
  const all = [];
  for (let time = 0; time < times; time += 1) all.push((await timed(pathOf())).ms);
  all.sort((a, b) => a - b);
  return { medianMs: all[times >> 1], p95Ms: all[Math.floor(times * 0.95)], maxMs: all.at(-1) };
}

async function throughAll(path) {
  const begin = performance.now();
  let [found, answers, longest, at, firstMs] = [0, 0, 0, 0, null];
  while (at !== null) {
    const { ms, body } = await timed(`${path}&count=200&at=${at}`);
    found += body.rows.length;
    if (found > 0) firstMs ??= since(begin);
    answers += 1;
    longest = Math.max(longest, ms);
    at = body.next;
  }
  return { found, firstMs, allMs: since(begin), answers, longestMs: longest };
}

async function untilReady(path) {
  const begin = performance.now();
  for (;;) {
    const { progress, rows: near } = await ask(path);
    if (progress === 1) return { readyMs: since(begin), rows: near.length };
  }
}

async function memory() {
  const text = await readFile(`/proc/${viewer.pid}/status`, "utf8");
  return Object.fromEntries(
    [...text.matchAll(/^(VmRSS|VmHWM):\s+(\d+)/gm)].map(([, name, kb]) => [
      name,
      Math.round(Number(kb) / 1024),
    ]),
  );
}

function since(begin) {
  return Math.round((performance.now() - begin) * 10) / 10;
}

/** The same places in every run. */
function seeded() {
  let state = 1;
  return {
    random: (below) => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return Math.floor((state / 2 ** 32) * below);
    },
  };
}
