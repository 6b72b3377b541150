import type { Tensor } from "../checkpoint/read-safetensors.js";
import type { OnnxGraph, Value } from "./onnx-graph.js";
import { type Matrix, Products } from "./products.js";
import { quantizeColumns } from "./quantize.js";

/** How the weights of a graph are held. */
export type Precision = "fp32" | "int8";

/** A model's weights by their names. */
export interface Weights {
  get: (name: string) => Tensor;
}

/** A linear layer's name, or one whose result is wanted multiplied with a number. */
export type LinearPart = string | { name: string; scale: number };

/** Adds the layers that Marian models are made of to a graph. Values are [rows, width] unless said, a row for every token. */
export class Layers {
  readonly graph: OnnxGraph;
  readonly #weights: Weights;
  readonly #precision: Precision;
  readonly #epsilon: number;
  readonly #products: Products;

  /** @param epsilon of the layer normalisations */
  constructor(graph: OnnxGraph, weights: Weights, precision: Precision, epsilon: number) {
    this.graph = graph;
    this.#products = new Products(graph);
    this.#weights = weights;
    this.#precision = precision;
    this.#epsilon = epsilon;
  }

  /** x · Wᵀ + b for one or several layers of the same input; the results lie side by side, [rows, sum of widths]. */
  linear(x: Value, ...parts: readonly LinearPart[]): Value {
    const biases = concat(parts.map((part) => this.#scaled(part, "bias")));
    const bias = this.graph.tensor(`${parts.map(nameOf).join("+")}.bias`, "float", [biases.length], biases);
    return this.graph.node("Add", [this.product(x, ...parts), bias]);
  }

  /** The same without b; weights as PyTorch holds them, [out, in]. */
  product(x: Value, ...parts: readonly LinearPart[]): Value {
    const inner = this.#weights.get(`${nameOf(parts[0] ?? "")}.weight`).shape[1] ?? 0;
    const rows = concat(parts.map((part) => this.#scaled(part, "weight")));
    const out = rows.length / inner;
    const name = parts.map(nameOf).join("+");
    return this.multiply(x, this.matrix(name, transpose(rows, out, inner), inner, out));
  }

  /** Puts a weight matrix [inner, out] into the graph. */
  matrix(name: string, values: Float32Array, inner: number, out: number): Matrix {
    const { graph } = this;
    if (this.#precision === "fp32") {
      return { values: graph.tensor(`${name}.matrix`, "float", [inner, out], values) };
    }
    const { bytes, scales } = quantizeColumns(values, inner, out);
    return {
      values: graph.tensor(`${name}.matrix`, "int8", [inner, out], bytes),
      quantized: {
        scales: graph.tensor(`${name}.scales`, "float", [out], scales),
        // Not shared: onnxruntime fails when it makes a zero unsigned twice.
        zero: graph.tensor(`${name}.zero`, "int8", [], Int8Array.of(0)),
      },
    };
  }

  /** x · M, see `Products`. */
  multiply(x: Value, matrix: Matrix): Value {
    return this.#products.multiply(x, matrix);
  }

  /** LN(x + added): Marian's layers normalise after the residual. */
  addAndNormalize(x: Value, added: Value, name: string): Value {
    // SkipLayerNormalization would do both, in more time.
    return this.normalize(this.graph.node("Add", [x, added]), name);
  }

  /** LN(x), over the last dimension. */
  normalize(x: Value, name: string): Value {
    const inputs = [x, this.#vector(`${name}.weight`), this.#vector(`${name}.bias`)];
    return this.graph.node("LayerNormalization", inputs, { axis: -1n, epsilon: this.#epsilon });
  }

  /** [sentences · places, heads · d] → [sentences, heads, places, d] */
  splitHeads(x: Value, sentences: Value, heads: number, d: number): Value {
    const { graph } = this;
    const shape = graph.node("Concat", [sentences, graph.ints(-1, heads, d)], { axis: 0n });
    return graph.node("Transpose", [graph.node("Reshape", [x, shape])], { perm: [0, 2, 1, 3] });
  }

  /** The way back. */
  mergeHeads(x: Value, width: number): Value {
    const swapped = this.graph.node("Transpose", [x], { perm: [0, 2, 1, 3] });
    return this.graph.node("Reshape", [swapped, this.graph.ints(-1, width)]);
  }

  /** [sentences, heads, places, d] → [sentences, heads, d, places] */
  transposeKeys(keys: Value): Value {
    return this.graph.node("Transpose", [keys], { perm: [0, 1, 3, 2] });
  }

  /** softmax(q · kᵀ + mask) · v, of keys that are transposed and queries divided by √d, see `scaledQuery`. */
  attend(q: Value, keys: Value, values: Value, mask: Value): Value {
    return this.graph.node("MatMul", [this.shares(q, keys, mask), values]);
  }

  /** softmax(q · kᵀ + mask): how much of each value an attention takes. */
  shares(q: Value, keys: Value, mask: Value): Value {
    const scores = this.graph.node("Add", [this.graph.node("MatMul", [q, keys]), mask]);
    return this.graph.node("Softmax", [scores], { axis: -1n });
  }

  /** LN(x + fc2(act(fc1(x)))) */
  feedForward(x: Value, name: string, activation: "swish" | "relu"): Value {
    const { graph } = this;
    const hidden = this.linear(x, `${name}.fc1`);
    const active =
      activation === "relu"
        ? graph.node("Relu", [hidden])
        : graph.contrib("QuickGelu", [hidden], { alpha: 1 });
    return this.addAndNormalize(x, this.linear(active, `${name}.fc2`), `${name}.final_layer_norm`);
  }

  #scaled(part: LinearPart, which: "weight" | "bias"): Float32Array {
    const { data } = this.#weights.get(`${nameOf(part)}.${which}`);
    return typeof part === "string" ? data : data.map((value) => value * part.scale);
  }

  #vector(name: string): Value {
    const { data, shape }: Tensor = this.#weights.get(name);
    return this.graph.tensor(name, "float", shape, data);
  }
}

/** The layer that makes queries, divided by √d: their products with keys are then plain ones, which onnxruntime is faster at. */
export function scaledQuery(attention: string, d: number): LinearPart {
  return { name: `${attention}.q_proj`, scale: d ** -0.5 };
}

function nameOf(part: LinearPart): string {
  return typeof part === "string" ? part : part.name;
}

/** [rows, columns] → [columns, rows] */
export function transpose(data: Float32Array, rows: number, columns: number): Float32Array {
  const result = new Float32Array(data.length);
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1)
      result[column * rows + row] = data[row * columns + column] ?? 0;
  }
  return result;
}

function concat(parts: readonly Float32Array[]): Float32Array {
  const result = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    result.set(part, at);
    at += part.length;
  }
  return result;
}
