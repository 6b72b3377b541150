// node tools/bench/caption/caption.mjs MODEL PIXELS.npy BEAMS BATCH PICTURES: captions prepared pictures, and prints a line of figures
import { readFileSync } from "node:fs";
import { basename } from "node:path";

import { Captioner } from "../../../packages/caption-model/dist/index.js";

const [model, path, ...numbers] = process.argv.slice(2);
const [beams, batchSize, pictures] = numbers.map(Number);
const bytes = readFileSync(path);
const start = 10 + bytes.readUInt16LE(8);
const size = 3 * 224 * 224;
const pixels = new Float32Array(bytes.buffer.slice(bytes.byteOffset + start)).subarray(0, pictures * size);
const captioner = await Captioner.load(model, { intraOpThreads: 2 });
const options = { beams, batchSize, maxLength: 17, earlyStopping: true };
await captioner.captionPixels(pixels.subarray(0, batchSize * size), options);
const before = process.cpuUsage();
const started = performance.now();
const captions = await captioner.captionPixels(pixels, options);
const seconds = (performance.now() - started) / 1000;
const { user, system } = process.cpuUsage(before);
const tokens = captions.reduce((sum, { ids }) => sum + ids.length, 0);
console.log(
  `leyenda ${basename(model)}`.padEnd(28),
  `beams ${beams}, batch ${batchSize}:`.padEnd(20),
  `${(captions.length / seconds).toFixed(2)} pictures/s, ${((user + system) / 1000 / captions.length).toFixed(0)} CPU-ms, ${(tokens / captions.length).toFixed(1)} tokens, ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MiB`,
);
await captioner.close();
