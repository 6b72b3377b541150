/**
 * node profile.mjs PHOTOS: CPU-ms a photo of each step of cleaning alone (256 px border, quality 95), least of seven rounds in turn,
 * on every JPEG under PHOTOS that is decoded by libjpeg-turbo. Prints rows of a table.
 */
import { readdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { PerformanceObserver } from "node:perf_hooks";

import { cleanImage } from "../../../packages/clean/dist/clean-image.js";
import { defaultCleanOptions } from "../../../packages/clean/dist/clean-options.js";
import { convertToSrgb } from "../../../packages/clean/dist/convert-to-srgb.js";
import { decodePlainJpeg, plainJpegBytes } from "../../../packages/clean/dist/decode-plain-jpeg.js";
import { encodePicture } from "../../../packages/clean/dist/encode-picture.js";
import { fitCanvas } from "../../../packages/clean/dist/fit-canvas.js";
import { inspectImage } from "../../../packages/clean/dist/inspect-image.js";
import { resizeGeometry } from "../../../packages/clean/dist/resize-geometry.js";
import { perceptualHash } from "../../../packages/core/dist/index.js";

// The package's own copy, whose settings are to be those of the stage.
const sharp = createRequire(new URL("../../../packages/clean/package.json", import.meta.url))("sharp");
sharp.concurrency(1);
sharp.cache(false);
const rounds = 7;
const options = { ...defaultCleanOptions, resize: "border", size: 256 };
const canvas = { width: 256, height: 256 };

const names = (await readdir(process.argv[2], { recursive: true })).filter((name) => name.endsWith(".jpg"));
const photos = [];
for (const name of names.sort()) {
  const body = await readFile(join(process.argv[2], name));
  const header = await inspectImage(body);
  if ("outcome" in header) continue;
  const size = { width: header.originalWidth, height: header.originalHeight };
  const geometry = resizeGeometry(size, options);
  if (plainJpegBytes(header, geometry) === 0) continue;
  const { width, height } = geometry;
  const small = {
    width,
    height,
    data: await sharp(body).resize(width, height, { fit: "fill" }).raw().toBuffer(),
  };
  photos.push({ body, header, width, height, small, bordered: fitCanvas(small, canvas, "#ffffff") });
}
const largest = Math.max(...photos.map(({ header }) => header.originalWidth * header.originalHeight * 3));
const [pixels, memory] = [Buffer.alloc(largest, 100), Buffer.alloc(canvas.width * canvas.height * 3)];
const raw = (width, height) => ({ raw: { width, height, channels: 3 }, limitInputPixels: false });

let collecting = 0;
new PerformanceObserver((list) => {
  for (const { duration } of list.getEntries()) collecting += duration;
}).observe({ entryTypes: ["gc"] });

const steps = {
  "all: `cleanImage`": ({ body }) => cleanImage(body, options),
  "header, profile": ({ body }) => inspectImage(body),
  decode: ({ body, header }) => decodePlainJpeg(body, header, pixels),
  "resize in libvips": ({ header: { originalWidth, originalHeight }, width, height }) =>
    sharp(pixels.subarray(0, originalWidth * originalHeight * 3), raw(originalWidth, originalHeight))
      .resize(width, height, { fit: "fill" })
      .raw()
      .toBuffer({ resolveWithObject: true }),
  "… of it a pipeline and its threads for 8 × 8 pixels": () =>
    sharp(pixels.subarray(0, 192), raw(8, 8)).raw().toBuffer(),
  "colour of profiles that are not sRGB": ({ header: { profile }, small }) => {
    if (typeof profile === "object") convertToSrgb(small, profile);
  },
  border: ({ small }) => fitCanvas(small, canvas, "#ffffff", memory),
  encode: ({ bordered }) => encodePicture(bordered, options),
  "two perceptual hashes": ({ small }) => perceptualHash(small),
};
const best = Object.fromEntries(Object.keys(steps).map((name) => [name, Infinity]));
let collected = Infinity;
for (let round = 0; round < rounds; round += 1) {
  for (const [name, step] of Object.entries(steps)) {
    const [before, collectedBefore] = [process.cpuUsage(), collecting];
    for (const photo of photos) await step(photo);
    const { user, system } = process.cpuUsage(before);
    best[name] = Math.min(best[name], (user + system) / 1000 / photos.length);
    await new Promise((resolve) => setTimeout(resolve, 20));
    if (name.startsWith("all"))
      collected = Math.min(collected, (collecting - collectedBefore) / photos.length);
  }
}
const [all, ...parts] = Object.entries(best);
const sum = parts.reduce((total, [name, cpu]) => (name.startsWith("…") ? total : total + cpu), 0);
console.log(`${photos.length} of ${names.length} photos\n\n| step | CPU-ms a photo |\n| --- | --- |`);
for (const [name, cpu] of parts) console.log(`| ${name} | ${cpu.toFixed(2)} |`);
console.log(`| the rest: waiting for one another, collecting garbage | ${(all[1] - sum).toFixed(2)} |`);
console.log(`| … of it collecting garbage in the main thread | ${collected.toFixed(2)} |`);
console.log(`| ${all[0]} | ${all[1].toFixed(2)} |`);
