// What the arithmetic alone would take: products of float32 matrices as large as the model's, a process for each core, and nothing else.
//
//   node floor.mjs MODEL_FOLDER CAPTIONS.tsv COUNT
import { fork } from "node:child_process";

import { InferenceSession, Tensor } from "onnxruntime-node";

import { MarianTokenizer, readModelInfo } from "../../../packages/marian/dist/index.js";
import { OnnxGraph } from "../../../packages/marian/dist/onnx/onnx-graph.js";
import { readGroups } from "./read-groups.mjs";

const processes = 2;
const rows = 128;
const [inner, out] = [512, 4096];
const seconds = 4;
const [folder, path, count] = process.argv.slice(2);

/** Operations of float32 in a second, of this process. */
async function measure() {
  const graph = new OnnxGraph();
  const x = graph.input("x", "float", [rows, inner]);
  const random = Float32Array.from({ length: inner * out }, () => Math.random() - 0.5);
  const product = graph.node("MatMul", [x, graph.tensor("matrix", "float", [inner, out], random)]);
  // Some of the product is enough: an output is copied.
  graph.output("y", graph.node("Slice", [product, graph.ints(0), graph.ints(1), graph.ints(1)]), "float", [
    rows,
    1,
  ]);
  const session = await InferenceSession.create(graph.toBytes("floor"), {
    intraOpNumThreads: 1,
    extra: { session: { intra_op: { allow_spinning: "0" } } },
  });
  const feeds = {
    x: new Tensor("float32", random.subarray(0, rows * inner), [rows, inner]),
  };
  await session.run(feeds);
  const started = performance.now();
  let runs = 0;
  for (; performance.now() - started < seconds * 1000; runs += 1) await session.run(feeds);
  return (runs * 2 * rows * inner * out) / ((performance.now() - started) / 1000);
}

/** Multiplications and additions of a caption of some tokens whose translation has as many; attention itself is less than 1 % of them. */
function operations(tokens, beams, { width, encoderLayers, decoderLayers, vocabularySize }, hidden) {
  const square = width * width;
  const ofSource = encoderLayers * (4 * square + 2 * width * hidden) + decoderLayers * 2 * square;
  const ofStep = decoderLayers * (6 * square + 2 * width * hidden) + vocabularySize * width;
  // The first step has one beam.
  return 2 * tokens * ofSource + 2 * (1 + (tokens - 1) * beams) * ofStep;
}

if (process.send !== undefined) {
  process.send(await measure());
  process.disconnect();
} else {
  const { config } = await readModelInfo(folder);
  const groups = readGroups(path, Number(count), await MarianTokenizer.load(folder));
  const workers = Array.from({ length: processes }, () => fork(new URL(import.meta.url)));
  const speeds = await Promise.all(
    workers.map((worker) => new Promise((resolve) => worker.once("message", resolve))),
  );
  const speed = speeds.reduce((sum, each) => sum + each, 0);
  for (const beams of [1, 4]) {
    const all = groups.reduce(
      (sum, [tokens, captions]) =>
        sum + captions.length * operations(tokens, beams, config, 4 * config.width),
      0,
    );
    console.log(
      JSON.stringify({
        who: "floor fp32",
        beams,
        gflopPerSecond: Math.round(speed / 1e9),
        gflopPerCaption: Math.round(all / Number(count) / 1e7) / 100,
        captionsPerSecond: Math.round((speed / (all / Number(count))) * 10) / 10,
      }),
    );
  }
}
