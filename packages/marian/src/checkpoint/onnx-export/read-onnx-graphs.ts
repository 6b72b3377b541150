import { PbfReader } from "pbf";

/** A node of a graph, as far as it tells where weights belong. */
export interface OnnxNode {
  /** Where it was in the module that was exported: `/model/decoder/layers.0/self_attn/q_proj/MatMul`. */
  name: string;
  op: string;
  inputs: string[];
  outputs: string[];
}

/** A tensor as it stands in the file. */
export interface OnnxTensor {
  /** As `TensorProto.DataType` numbers it. */
  type: number;
  shape: number[];
  raw: Uint8Array;
  /** Its place in another file; undefined when it is in this one. */
  external: { location: string; offset: number; length: number | undefined } | undefined;
}

/** The nodes of a model's graph and of all graphs inside it, and their initializers. */
export interface OnnxGraphs {
  nodes: OnnxNode[];
  initializers: Map<string, OnnxTensor>;
}

/** Branches in branches: more than any exporter writes, fewer than a stack holds. */
const maxDepth = 16;

/**
 * Reads an ONNX file. Field numbers are those of `onnx.proto`.
 *
 * @throws Error for what is no protobuf of a model
 */
export function readOnnxGraphs(bytes: Uint8Array): OnnxGraphs {
  const graphs: OnnxGraphs = { nodes: [], initializers: new Map() };
  const seen = new Set<number>();
  const reader = new PbfReader(bytes);
  reader.readFields((tag, _, pbf) => {
    seen.add(tag);
    if (tag === 7) readGraph(pbf, graphs, 0);
  }, null);
  // The operator sets come after the graph.
  if (reader.pos !== bytes.length || !seen.has(8)) throw new Error("the file is truncated");
  if (graphs.nodes.length === 0) throw new Error("there is no graph in it");
  return graphs;
}

function readGraph(pbf: PbfReader, graphs: OnnxGraphs, depth: number): void {
  if (depth > maxDepth) throw new Error("its graphs are nested too deep");
  pbf.readMessage((tag) => {
    if (tag === 1) readNode(pbf, graphs, depth);
    else if (tag === 5) {
      const [name, tensor] = readTensor(pbf);
      graphs.initializers.set(name, tensor);
    }
  }, null);
}

function readNode(pbf: PbfReader, graphs: OnnxGraphs, depth: number): void {
  const node: OnnxNode = { name: "", op: "", inputs: [], outputs: [] };
  graphs.nodes.push(node);
  pbf.readMessage((tag) => {
    if (tag === 1) node.inputs.push(pbf.readString());
    else if (tag === 2) node.outputs.push(pbf.readString());
    else if (tag === 3) node.name = pbf.readString();
    else if (tag === 4) node.op = pbf.readString();
    else if (tag === 5) {
      pbf.readMessage((field) => {
        if (field === 6) readGraph(pbf, graphs, depth + 1);
      }, null);
    }
  }, null);
}

function readTensor(pbf: PbfReader): [string, OnnxTensor] {
  const tensor: OnnxTensor = { type: 0, shape: [], raw: new Uint8Array(), external: undefined };
  const external = new Map<string, string>();
  let name = "";
  pbf.readMessage((tag) => {
    if (tag === 1) tensor.shape.push(...pbf.readPackedVarint());
    else if (tag === 2) tensor.type = pbf.readVarint();
    else if (tag === 4) tensor.raw = new Uint8Array(Float32Array.from(pbf.readPackedFloat()).buffer);
    else if (tag === 8) name = pbf.readString();
    else if (tag === 9) tensor.raw = pbf.readBytes();
    else if (tag === 13) {
      let key = "";
      let value = "";
      pbf.readMessage((field) => {
        if (field === 1) key = pbf.readString();
        else if (field === 2) value = pbf.readString();
      }, null);
      external.set(key, value);
    }
  }, null);
  const location = external.get("location");
  const length = external.get("length");
  if (location !== undefined) {
    tensor.external = {
      location,
      offset: Number(external.get("offset") ?? 0),
      length: length === undefined ? undefined : Number(length),
    };
  }
  return [name, tensor];
}
