// node tools/bench/caption/transformers_js.mjs INSTALLED MODEL DTYPE PIXELS.npy BATCH PICTURES: captions prepared pictures with transformers.js
//
// Greedy: it says of more beams that it has no beam search, and searches greedily. INSTALLED is the folder that it was installed in, MODEL
// what export_peer.py made; the model is given prepared pixels, as image-to-text gives them after its own preparation, and its ids are left
// as they are.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, resolve } from "node:path";

const [installed, folder, dtype, path, ...numbers] = process.argv.slice(2);
const [batch, pictures] = numbers.map(Number);
// Installed by run.sh alone, so it is no dependency of the repository.
const peer = "@huggingface/transformers";
const { AutoModelForVision2Seq, env, Tensor } = createRequire(resolve(installed, "index.js"))(peer);
env.allowRemoteModels = false;
env.localModelPath = dirname(resolve(folder));
const model = await AutoModelForVision2Seq.from_pretrained(basename(folder), {
  dtype,
  device: "cpu",
  session_options: { intraOpNumThreads: 2, interOpNumThreads: 1 },
});
const bytes = readFileSync(path);
const start = 10 + bytes.readUInt16LE(8);
const size = 3 * 224 * 224;
const pixels = new Float32Array(bytes.buffer.slice(bytes.byteOffset + start)).subarray(0, pictures * size);

async function caption(first, count) {
  const values = pixels.slice(first * size, (first + count) * size);
  const made = await model.generate({
    pixel_values: new Tensor("float32", values, [count, 3, 224, 224]),
    max_new_tokens: 16,
    min_new_tokens: 16,
    num_beams: 1,
  });
  // Its start token is one of them.
  return made.tolist().reduce((sum, ids) => sum + ids.length - 1, 0);
}

await caption(0, batch);
const before = process.cpuUsage();
const started = performance.now();
let tokens = 0;
for (let first = 0; first < pictures; first += batch)
  tokens += await caption(first, Math.min(batch, pictures - first));
const seconds = (performance.now() - started) / 1000;
const { user, system } = process.cpuUsage(before);
console.log(
  `transformers.js ${dtype}`.padEnd(28),
  `beams 1, batch ${batch}:`.padEnd(20),
  `${(pictures / seconds).toFixed(2)} pictures/s, ${((user + system) / 1000 / pictures).toFixed(0)} CPU-ms, ${(tokens / pictures).toFixed(1)} tokens, ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MiB`,
);
