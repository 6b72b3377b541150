import type { Tensor } from "../checkpoint/read-safetensors.js";
import type { MarianWeights } from "../checkpoint/marian-weights.js";
import type { OnnxGraph, Value } from "./onnx-graph.js";
import { quantizeColumns, zeroPoint } from "./quantize.js";

/** How the weights of a graph are held. */
export type Precision = "fp32" | "int8";

/** Adds the layers that Marian models are made of to a graph. `width` is d_model; values are [rows, length, width] unless said. */
export class Layers {
  readonly graph: OnnxGraph;
  readonly #weights: MarianWeights;
  readonly #precision: Precision;
  readonly #epsilon: number;

  /** @param epsilon of the layer normalisations */
  constructor(graph: OnnxGraph, weights: MarianWeights, precision: Precision, epsilon: number) {
    this.graph = graph;
    this.#weights = weights;
    this.#precision = precision;
    this.#epsilon = epsilon;
  }

  /** x · Wᵀ + b; weights of `name` as PyTorch holds them, [out, in]. */
  linear(x: Value, name: string, { bias = true }: { bias?: boolean } = {}): Value {
    const { data, shape } = this.#weights.get(`${name}.weight`);
    const [out = 0, inner = 0] = shape;
    const product = this.matmul(x, name, transpose(data, out, inner), inner, out);
    return bias ? this.graph.node("Add", [product, this.#vector(`${name}.bias`)]) : product;
  }

  /** x · M for a matrix [inner, out]. */
  matmul(x: Value, name: string, matrix: Float32Array, inner: number, out: number): Value {
    const { graph } = this;
    if (this.#precision === "fp32") {
      return graph.node("MatMul", [x, graph.tensor(`${name}.matrix`, "float", [inner, out], matrix)]);
    }
    const { bytes, scales } = quantizeColumns(matrix, inner, out);
    const weight = graph.tensor(`${name}.matrix`, "uint8", [inner, out], bytes);
    return this.quantizedMatmul(x, weight, graph.tensor(`${name}.scales`, "float", [out], scales));
  }

  /**
   * Integer product with a scale for each *row* of x. A scale for the whole tensor, as onnxruntime's own dynamic quantisation
   * takes it, would make a row's result depend on the rows beside it.
   */
  quantizedMatmul(x: Value, weight: Value, columnScales: Value): Value {
    const { graph } = this;
    const largest = graph.node("ReduceMax", [graph.node("Abs", [x])], { axes: [-1], keepdims: 1n });
    const rowScale = graph.node("Div", [graph.node("Max", [largest, graph.float(1e-20)]), graph.float(127)]);
    const rounded = graph.node("Round", [graph.node("Div", [x, rowScale])]);
    const bytes = graph.node("Cast", [graph.node("Add", [rounded, graph.float(zeroPoint)])], { to: 2n });
    const zero = graph.byte(zeroPoint);
    const product = graph.node("Cast", [graph.node("MatMulInteger", [bytes, weight, zero, zero])], {
      to: 1n,
    });
    return graph.node("Mul", [graph.node("Mul", [product, rowScale]), columnScales]);
  }

  /** LN(x + added): Marian's layers normalise after the residual. */
  addAndNormalize(x: Value, added: Value, name: string): Value {
    const sum = this.graph.node("Add", [x, added]);
    const inputs = [sum, this.#vector(`${name}.weight`), this.#vector(`${name}.bias`)];
    return this.graph.node("LayerNormalization", inputs, { axis: -1n, epsilon: this.#epsilon });
  }

  /** [rows, length, heads · d] → [rows, heads, length, d]; `rows` may be given, to fold the length into it. */
  splitHeads(x: Value, heads: number, headWidth: number): Value {
    const shaped = this.graph.node("Reshape", [x, this.graph.ints(0, 0, heads, headWidth)]);
    return this.graph.node("Transpose", [shaped], { perm: [0, 2, 1, 3] });
  }

  /** The way back. */
  mergeHeads(x: Value, width: number): Value {
    const swapped = this.graph.node("Transpose", [x], { perm: [0, 2, 1, 3] });
    return this.graph.node("Reshape", [swapped, this.graph.ints(0, 0, width)]);
  }

  /**
   * softmax(q · kᵀ / √d + mask) · v
   *
   * @param keys [rows, heads, d, length]: already transposed
   * @param mask added to the scores; none when every place may be seen
   */
  attend(q: Value, keys: Value, values: Value, headWidth: number, mask?: Value): Value {
    const { graph } = this;
    const scaled = graph.node("Mul", [q, graph.float(headWidth ** -0.5)]);
    const scores = graph.node("MatMul", [scaled, keys]);
    const masked = mask === undefined ? scores : graph.node("Add", [scores, mask]);
    return graph.node("MatMul", [graph.node("Softmax", [masked], { axis: -1n }), values]);
  }

  /** fc2(act(fc1(x))) */
  feedForward(x: Value, name: string, activation: "swish" | "relu"): Value {
    const { graph } = this;
    const hidden = this.linear(x, `${name}.fc1`);
    const active =
      activation === "relu"
        ? graph.node("Relu", [hidden])
        : graph.node("Mul", [hidden, graph.node("Sigmoid", [hidden])]);
    return this.linear(active, `${name}.fc2`);
  }

  #vector(name: string): Value {
    const { data, shape }: Tensor = this.#weights.get(name);
    return this.graph.tensor(name, "float", shape, data);
  }
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
