import { readdir } from "node:fs/promises";
import { basename, join } from "node:path";

import { LeyendaError } from "@leyenda/core";

import { transpose } from "../../onnx/layers.js";
import { decodeFloats, floatBytes, type FloatType } from "../decode-floats.js";
import { invalidModel } from "../invalid-model.js";
import { readModelFile } from "../read-model-file.js";
import type { Tensor } from "../read-safetensors.js";
import { UnpackBudget } from "../unpack-budget.js";
import { type OnnxGraphs, type OnnxTensor, readOnnxGraphs } from "./read-onnx-graphs.js";

type Side = "encoder" | "decoder";

const decoderNames = ["decoder_model.onnx", "decoder_model_merged.onnx"];

/** As `TensorProto.DataType` numbers them. */
const types: Partial<Record<number, FloatType>> = { 1: "f32", 10: "f16", 11: "f64", 16: "bf16" };

/** Operators of graphs whose weights were quantised. */
const integerOps = new Set([
  "MatMulInteger",
  "DynamicQuantizeLinear",
  "DequantizeLinear",
  "QLinearMatMul",
  "MatMulNBits",
]);

/**
 * Takes the weights out of an ONNX export by optimum (or transformers.js's script): `encoder_model.onnx` with `decoder_model.onnx` or
 * `decoder_model_merged.onnx`. Exporters fold `Linear` weights into nameless matrices, so a weight's name is that of the nodes which use
 * it.
 *
 * @param folder of the graphs
 * @returns tensors by their Hugging Face names
 * @throws LeyendaError MODEL_MISSING or MODEL_INVALID naming the file and tensor
 */
export async function readOnnxExport(folder: string): Promise<Map<string, Tensor>> {
  const names = await readdir(folder);
  const decoder = decoderNames.find((name) => names.includes(name));
  if (decoder === undefined) {
    throw new LeyendaError("MODEL_MISSING", "the decoder's graph is missing", {
      where: folder,
      expected: decoderNames.join(" or "),
    });
  }
  const tensors = new Map<string, Tensor>();
  await addWeights(tensors, join(folder, "encoder_model.onnx"), folder, "encoder");
  await addWeights(tensors, join(folder, decoder), folder, "decoder");
  return tensors;
}

async function addWeights(
  tensors: Map<string, Tensor>,
  path: string,
  folder: string,
  side: Side,
): Promise<void> {
  const bytes = await readModelFile(path, "a graph of the export");
  const graphs = parse(bytes, path);
  const integer = graphs.nodes.find(({ op }) => integerOps.has(op));
  if (integer !== undefined)
    throw invalidModel(
      path,
      `the export is quantised (${integer.op}); the one in fp32 is needed`,
      `node ${integer.name}`,
    );
  const files = new Map<string, Uint8Array>();
  const budget = new UnpackBudget();
  budget.add(bytes.length);
  for (const { name, tensor, initializer, turned } of weightsOf(graphs, side)) {
    if (tensors.has(name)) continue;
    const item = `tensor ${initializer}`;
    const type = types[tensor.type];
    if (type === undefined)
      throw invalidModel(path, `element type ${tensor.type} is not supported (floats are)`, item);
    let data = tensor.raw;
    if (tensor.external !== undefined) {
      const { location, offset, length } = tensor.external;
      if (location !== basename(location) || location === "..")
        throw invalidModel(path, `its data would be outside the folder, at ${location}`, item);
      let file = files.get(location);
      if (file === undefined) {
        file = await readModelFile(join(folder, location), "the data of a graph");
        files.set(location, file);
        budget.add(file.length);
      }
      data = file.subarray(offset, length === undefined ? undefined : offset + length);
    }
    const wanted = tensor.shape.reduce((product, side) => product * side, 1) * floatBytes[type];
    if (data.length !== wanted)
      throw invalidModel(path, `${data.length} bytes where its shape needs ${wanted}`, item);
    try {
      budget.spend(wanted / floatBytes[type]);
    } catch (cause) {
      throw invalidModel(path, (cause as Error).message, item, cause);
    }
    const values = decodeFloats(type, data);
    const [rows = 0, columns = 0] = tensor.shape;
    tensors.set(
      name,
      turned
        ? { shape: [columns, rows], data: transpose(values, rows, columns) }
        : { shape: tensor.shape, data: values },
    );
  }
}

function parse(bytes: Uint8Array, path: string): OnnxGraphs {
  try {
    return readOnnxGraphs(bytes);
  } catch (cause) {
    throw invalidModel(path, `not an ONNX model: ${(cause as Error).message}`, undefined, cause);
  }
}

interface Weight {
  name: string;
  initializer: string;
  tensor: OnnxTensor;
  /** It lies [in, out]: as a product with it needs it, not as PyTorch holds it. */
  turned: boolean;
}

/** What each node multiplies with, adds or looks up, by the node's place in the module. */
function* weightsOf({ nodes, initializers }: OnnxGraphs, side: Side): Generator<Weight> {
  const producers = new Map(nodes.flatMap((node) => node.outputs.map((output) => [output, node] as const)));
  /** The initializer that an input is, also through nodes that only pass it on or turn it. */
  const trace = (
    input: string,
    depth = 0,
  ): { initializer: string; tensor: OnnxTensor; turned: boolean } | undefined => {
    const tensor = initializers.get(input);
    if (tensor !== undefined) return { initializer: input, tensor, turned: false };
    const from = producers.get(input);
    if (depth > 8 || (from?.op !== "Identity" && from?.op !== "Transpose")) return undefined;
    const found = trace(from.inputs[0] ?? "", depth + 1);
    return found === undefined ? undefined : { ...found, turned: found.turned !== (from.op === "Transpose") };
  };
  for (const { name, op, inputs } of nodes) {
    const found = inputs.map((input) => trace(input));
    const vector = found.find((each) => each?.tensor.shape.length === 1 && (each.tensor.shape[0] ?? 0) > 1);
    const matrix = found.find((each) => each?.tensor.shape.length === 2);
    // The logits' bias has no module of its own: it is what is added to the output of `lm_head`.
    const isLogits = inputs.some((input) => producers.get(input)?.name.endsWith("/lm_head/MatMul") === true);
    if (op === "Add" && isLogits && matrix !== undefined) yield { ...matrix, name: "final_logits_bias" };
    const place = placeOf(name, side);
    if (place === undefined) continue;
    if (op === "MatMul" && matrix !== undefined)
      yield { ...matrix, name: `${place}.weight`, turned: !matrix.turned };
    else if (op === "Gather" && matrix !== undefined) yield { ...matrix, name: `${place}.weight` };
    else if (op === "Add" && vector !== undefined) yield { ...vector, name: `${place}.bias` };
    else if (op === "Mul" && vector !== undefined) yield { ...vector, name: `${place}.weight` };
    else if (op === "LayerNormalization") {
      const [, scale, shift] = found;
      if (scale !== undefined) yield { ...scale, name: `${place}.weight` };
      if (shift !== undefined) yield { ...shift, name: `${place}.bias` };
    }
  }
}

/** `/model/decoder/layers.0/fc1/MatMul` → `decoder.layers.0.fc1`; undefined for nodes of no layer. */
function placeOf(name: string, side: Side): string | undefined {
  const place = name.split("/").slice(0, -1).join(".");
  const layer = /(?:^|\.)(layers\.\d+\..+)$/.exec(place)?.[1];
  if (layer !== undefined) return `${side}.${layer}`;
  if (/(?:^|\.)(?:shared|embed_tokens)$/.test(place)) return `${side}.embed_tokens`;
  if (/(?:^|\.)lm_head$/.test(place)) return "lm_head";
  return undefined;
}
