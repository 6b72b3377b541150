// What `caption-parity.sh` does in Node.js:
//
//     node tools/oracle/caption-parity.mjs pixels OUT.npy PICTURES_FOLDER [64]
//     node tools/oracle/caption-parity.mjs compare WORK PIXELS.npy TOKENIZER
//
// `pixels` prepares pictures as CLIP takes them, so that all sides see the same numbers. `compare` converts the checkpoints of
// caption_flax.py and caption_torch.py, captions the pictures, and prints how much is equal.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { Captioner, convertCaptioner, preprocessBatch } from "../../packages/caption-model/dist/index.js";

const [command, ...args] = process.argv.slice(2);
if (command === "pixels") await writePixels(...args);
else if (command === "compare") await compare(...args);
else throw new Error("pixels or compare?");

async function writePixels(out, folder, count = "64") {
  const names = readdirSync(folder, { recursive: true })
    .filter((name) => /\.jpe?g$/i.test(name))
    .sort()
    .slice(0, Number(count));
  const pixels = await preprocessBatch(names.map((name) => join(folder, name)));
  // NumPy's format 1.0: magic, size of the header, a dict padded to 64 bytes.
  const shape = `(${names.length}, 3, 224, 224)`;
  const header = `{'descr': '<f4', 'fortran_order': False, 'shape': ${shape}, }`;
  const padded = `${header.padEnd(Math.ceil((header.length + 11) / 64) * 64 - 11)}\n`;
  const prefix = Buffer.from([0x93, ...Buffer.from("NUMPY"), 1, 0, padded.length & 255, padded.length >> 8]);
  writeFileSync(out, Buffer.concat([prefix, Buffer.from(padded), Buffer.from(pixels.buffer)]));
  console.log(`${names.length} pictures`);
}

function readPixels(path) {
  const bytes = readFileSync(path);
  const start = 10 + bytes.readUInt16LE(8);
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset + start, bytes.byteOffset + bytes.length));
}

async function compare(work, pixelsPath, tokenizer) {
  const pixels = readPixels(pixelsPath);
  const flax = JSON.parse(readFileSync(join(work, "flax/flax.json"), "utf8"));
  const torch = JSON.parse(readFileSync(join(work, "torch/torch.json"), "utf8"));
  const results = {
    versions: { ...flax.versions, ...torch.versions, node: process.version },
    pictures: flax.labels.length,
  };

  await withCaptioner("flax", "fp32", async (captioner) => {
    const found = await captioner.captionPixels(pixels, { rules: "hf-flax", maxLength: flax.longest });
    results["Flax, beam 4"] = agreement(found, flax.beam4);
    const scored = await captioner.scoreIds(pixels, flax.labels);
    results["Flax, given captions"] = losses(scored, flax.label_log_probabilities);
  });
  await withCaptioner("flax", "int8", async (captioner) => {
    const found = await captioner.captionPixels(pixels, { rules: "hf-flax", maxLength: flax.longest });
    results["Flax, beam 4, int8"] = agreement(found, flax.beam4);
    results["Flax, given captions, int8"] = losses(
      await captioner.scoreIds(pixels, flax.labels),
      flax.label_log_probabilities,
    );
  });
  await withCaptioner("torch", "fp32", async (captioner) => {
    for (const [name, { options, ids, scores }] of Object.entries(torch.searches)) {
      const found = await captioner.captionPixels(pixels, {
        beams: options.num_beams,
        earlyStopping: options.early_stopping ?? false,
        lengthPenalty: options.length_penalty ?? 1,
        maxLength: torch.longest,
      });
      results[`PyTorch, ${name}`] = agreement(found, { ids, scores });
    }
  });
  console.log(JSON.stringify(results, null, 2));

  async function withCaptioner(from, precision, use) {
    const folder = join(work, `${from}-${precision}`);
    const started = performance.now();
    await convertCaptioner(join(work, from), folder, { precision, tokenizer });
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    console.error(
      `${from} ${precision} converted in ${seconds} s, ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MiB at most`,
    );
    const captioner = await Captioner.load(folder, { intraOpThreads: 2 });
    await use(captioner);
    await captioner.close();
  }
}

function agreement(found, { ids, scores }) {
  const equal = found.filter((caption, row) => caption.ids.join() === ids[row].join()).length;
  const differences = scores.map((score, row) => Math.abs(score - found[row].score));
  return {
    equal: `${equal} of ${ids.length}`,
    ...(scores.length > 0 ? { largestScoreDifference: Math.max(...differences) } : {}),
  };
}

function losses(found, wanted) {
  const pairs = wanted.flatMap((row, at) => row.map((value, token) => [value, found[at][token]]));
  const mean = (side) => -pairs.reduce((sum, pair) => sum + pair[side], 0) / pairs.length;
  return {
    loss: mean(1),
    difference: Math.abs(mean(0) - mean(1)),
    largestRelativeDifference: Math.max(...pairs.map(([a, b]) => Math.abs(a - b) / Math.abs(a))),
  };
}
