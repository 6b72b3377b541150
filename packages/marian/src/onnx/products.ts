import type { OnnxGraph, Value } from "./onnx-graph.js";
import { zeroPoint } from "./quantize.js";

/** Activations in 8 bits: `value ≈ (byte − 128) · scale[row]`. */
interface Quantized {
  /** uint8 [rows, width] */
  bytes: Value;
  /** float [rows, 1] */
  scales: Value;
}

/** A weight matrix in the graph, [inner, out], in the graph's precision. */
export interface Matrix {
  values: Value;
  /** float [out], and the byte that stands for 0; only in int8. */
  quantized?: { scales: Value; zero: Value };
}

/** Adds products of activations [rows, inner] and weight matrices to a graph. */
export class Products {
  readonly #graph: OnnxGraph;
  readonly #quantized = new Map<Value, Quantized>();
  /** For every row the byte that stands for 0: a graph's activations have as many rows. */
  #zeros: Value | undefined;

  constructor(graph: OnnxGraph) {
    this.#graph = graph;
  }

  /** x · M. In int8 an integer product, scaled by the columns of M and the rows of x. */
  multiply(x: Value, { values, quantized }: Matrix): Value {
    const graph = this.#graph;
    if (quantized === undefined) return graph.node("MatMul", [x, values]);
    const left = this.#quantize(x);
    const product = graph.contrib("MatMulIntegerToFloat", [
      left.bytes,
      values,
      graph.float(1),
      quantized.scales,
      graph.byte(zeroPoint),
      quantized.zero,
    ]);
    return graph.node("Mul", [product, left.scales]);
  }

  /**
   * Takes x to 8 bits with a scale for each *row*, once however many layers read it. A scale for the whole tensor, as
   * onnxruntime's own dynamic quantisation takes it, would make a row's result depend on the rows beside it.
   */
  #quantize(x: Value): Quantized {
    const known = this.#quantized.get(x);
    if (known !== undefined) return known;
    const graph = this.#graph;
    // Two reductions read x; Abs would write all of it once more.
    const reduce = (op: string): Value => graph.node(op, [x], { axes: [-1], keepdims: 1n });
    // Not 0, not even for a row of zeros.
    const least = graph.float(1e-20);
    const largest = graph.node("Max", [reduce("ReduceMax"), graph.node("Neg", [reduce("ReduceMin")]), least]);
    const scales = graph.node("Div", [largest, graph.float(127)]);
    const flat = graph.node("Reshape", [scales, graph.ints(-1)]);
    this.#zeros ??= graph.node("Expand", [graph.byte(zeroPoint), graph.node("Shape", [flat])]);
    const bytes = graph.node("QuantizeLinear", [x, flat, this.#zeros], { axis: 0n });
    const quantized = { bytes, scales };
    this.#quantized.set(x, quantized);
    return quantized;
  }
}
