/**
 * node clean.mjs PHOTOS OUT WORKERS: cleans every JPEG under PHOTOS as the stage does (256 px border, quality 95, two pictures
 * in hand in each process), several times, and prints a JSON line of the best round. Leaves the pictures in OUT.
 */
import { fork } from "node:child_process";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { cleanImage, defaultCleanOptions } from "../../../packages/clean/dist/index.js";
import { perceptualHash } from "../../../packages/core/dist/index.js";

// The package's own copy, whose settings are to be those of the stage.
const sharp = createRequire(new URL("../../../packages/clean/package.json", import.meta.url))("sharp");
const rounds = 5;
const [photos, out, workers, index] = process.argv.slice(2);
const options = { ...defaultCleanOptions, resize: "border", size: 256 };

async function load() {
  const names = (await readdir(photos, { recursive: true })).filter((name) => name.endsWith(".jpg")).sort();
  return Promise.all(names.map((name) => readFile(join(photos, name))));
}

/** Milliseconds of CPU that the perceptual hashes of all the pictures take, at their stored size. */
async function hashing(stored) {
  const pictures = [];
  for (const bytes of stored) {
    const { data, info } = await sharp(bytes).raw().toBuffer({ resolveWithObject: true });
    pictures.push({ data, width: info.width, height: info.height });
  }
  const times = Array.from({ length: rounds }, () => {
    const before = process.cpuUsage();
    for (const picture of pictures) perceptualHash(picture);
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  });
  return Math.min(...times);
}

/** A worker's rounds: milliseconds of CPU and of the clock for all the pictures. */
async function work() {
  sharp.concurrency(1);
  sharp.cache(false);
  const bodies = await load();
  const stored = [];
  const times = [];
  for (let round = 0; round < rounds; round += 1) {
    const [before, started] = [process.cpuUsage(), performance.now()];
    let next = 0;
    const lane = async () => {
      for (let at = next++; at < bodies.length; at = next++) {
        const result = await cleanImage(bodies[at], options);
        if (result.outcome !== "ok") throw new Error(`${result.outcome}: ${result.detail}`);
        stored[at] = result.encoded;
      }
    };
    await Promise.all([lane(), lane()]);
    const { user, system } = process.cpuUsage(before);
    times.push({ cpu: (user + system) / 1000, wall: performance.now() - started });
  }
  if (index === "0") {
    await mkdir(out, { recursive: true });
    await Promise.all(
      stored.map((bytes, at) => writeFile(join(out, `${String(at).padStart(4, "0")}.jpg`), bytes)),
    );
  }
  process.send({ times, hashing: await hashing(stored), pictures: bodies.length });
}

if (index !== undefined) await work();
else {
  const results = await Promise.all(
    Array.from(
      { length: Number(workers) },
      (_, worker) =>
        new Promise((resolve, reject) => {
          const child = fork(fileURLToPath(import.meta.url), [photos, out, workers, String(worker)]);
          child.once("message", resolve);
          child.once("exit", (code) => code !== 0 && reject(new Error(`exit code ${code}`)));
        }),
    ),
  );
  const best = (name) => Math.min(...results.flatMap(({ times }) => times.map((time) => time[name])));
  const { pictures, hashing } = results[0];
  console.log(
    JSON.stringify({
      cpuMs: best("cpu") / pictures,
      hashMs: hashing / pictures,
      perSecond: (pictures * results.length * 1000) / best("wall"),
    }),
  );
}
