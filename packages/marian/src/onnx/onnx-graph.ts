import { PbfWriter } from "pbf";

/** Element types, with the numbers of `onnx.proto`. */
const elementType = { float: 1, uint8: 2, int8: 3, int32: 6, int64: 7, bool: 9 } as const;

type ElementType = keyof typeof elementType;

/** A value's name in the graph. */
export type Value = string;

type Attribute = number | bigint | string | readonly number[];

interface Node {
  op: string;
  domain: string;
  inputs: readonly Value[];
  outputs: readonly Value[];
  attributes: Readonly<Record<string, Attribute>>;
}

interface Initializer {
  name: Value;
  type: ElementType;
  shape: readonly number[];
  /** Its bytes, or the name of the file beside the model that is nothing but its bytes. */
  data: Uint8Array | string;
}

interface Port {
  name: Value;
  type: ElementType;
  /** A number is fixed, a name is known at run time. */
  shape: readonly (number | string)[];
}

/** IR version 8 and operator set 17: the first with LayerNormalization, read by every onnxruntime since 1.12. */
const irVersion = 8;
const opset = 17;

/** Operators of onnxruntime's own; they have had version 1 since they exist. */
const contribDomain = "com.microsoft";

/** Builds an ONNX graph node by node and writes it as a model file. Field numbers are those of `onnx.proto`. */
export class OnnxGraph {
  readonly #nodes: Node[] = [];
  readonly #initializers: Initializer[] = [];
  readonly #inputs: Port[] = [];
  readonly #outputs: Port[] = [];
  readonly #constants = new Map<string, Value>();

  input(name: string, type: ElementType, shape: Port["shape"]): Value {
    this.#inputs.push({ name, type, shape });
    return name;
  }

  /**
   * Gives a value a name outside. It is renamed where it is made, rather than copied under another name.
   *
   * @returns the value's new name, for nodes that are still to come
   */
  output(name: string, value: Value, type: ElementType, shape: Port["shape"]): Value {
    for (const node of this.#nodes) {
      node.inputs = node.inputs.map((input) => (input === value ? name : input));
      node.outputs = node.outputs.map((output) => (output === value ? name : output));
    }
    this.#outputs.push({ name, type, shape });
    return name;
  }

  /** Adds a node with one output. Integer attributes are given as bigint or as lists, floats as number. */
  node(op: string, inputs: readonly Value[], attributes: Node["attributes"] = {}): Value {
    return this.nodeWithOutputs(op, inputs, 1, attributes)[0] ?? "";
  }

  nodeWithOutputs(
    op: string,
    inputs: readonly Value[],
    outputs: number,
    attributes: Node["attributes"] = {},
    domain = "",
  ): Value[] {
    const names = Array.from({ length: outputs }, (_, index) => `${op}_${this.#nodes.length}_${index}`);
    this.#nodes.push({ op, domain, inputs, outputs: names, attributes });
    return names;
  }

  /** Adds a node of onnxruntime's own operators with one output. */
  contrib(op: string, inputs: readonly Value[], attributes: Node["attributes"] = {}): Value {
    return this.nodeWithOutputs(op, inputs, 1, attributes, contribDomain)[0] ?? "";
  }

  tensor(name: string, type: ElementType, shape: readonly number[], data: ArrayBufferView): Value {
    this.#initializers.push({
      name,
      type,
      shape,
      data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
    });
    return name;
  }

  /** A tensor whose bytes are the whole of a file beside the model, which several graphs may share. */
  fileTensor(name: string, type: ElementType, shape: readonly number[], file: string): Value {
    if (!this.#constants.has(name)) this.#initializers.push({ name, type, shape, data: file });
    this.#constants.set(name, name);
    return name;
  }

  /** A list of int64, as shapes and axes are given. */
  ints(...values: number[]): Value {
    return this.#constant(
      `ints_${values.join("_")}`,
      "int64",
      [values.length],
      BigInt64Array.from(values, BigInt),
    );
  }

  /** One float32. */
  float(value: number): Value {
    return this.#constant(`float_${value}`, "float", [], Float32Array.of(value));
  }

  /** One uint8. */
  byte(value: number): Value {
    return this.#constant(`byte_${value}`, "uint8", [], Uint8Array.of(value));
  }

  #constant(name: string, type: ElementType, shape: readonly number[], data: ArrayBufferView): Value {
    const known = this.#constants.get(name);
    if (known !== undefined) return known;
    this.#constants.set(name, name);
    return this.tensor(name, type, shape, data);
  }

  /** The model file. */
  toBytes(): Uint8Array {
    const pbf = new PbfWriter();
    pbf.writeVarintField(1, irVersion);
    pbf.writeStringField(2, "leyenda");
    pbf.writeMessage(
      7,
      (_, graph) => {
        this.#writeGraph(graph);
      },
      null,
    );
    for (const [domain, version] of [
      ["", opset],
      [contribDomain, 1],
    ] as const) {
      pbf.writeMessage(
        8,
        (_, opsetId) => {
          opsetId.writeStringField(1, domain);
          opsetId.writeVarintField(2, version);
        },
        null,
      );
    }
    return pbf.finish();
  }

  #writeGraph(pbf: PbfWriter): void {
    for (const node of this.#nodes) pbf.writeMessage(1, writeNode, node);
    pbf.writeStringField(2, "marian");
    for (const initializer of this.#initializers) pbf.writeMessage(5, writeInitializer, initializer);
    for (const port of this.#inputs) pbf.writeMessage(11, writePort, port);
    for (const port of this.#outputs) pbf.writeMessage(12, writePort, port);
  }
}

function writeNode({ op, domain, inputs, outputs, attributes }: Node, pbf: PbfWriter): void {
  for (const input of inputs) pbf.writeStringField(1, input);
  for (const output of outputs) pbf.writeStringField(2, output);
  // Its optimiser names what it makes after the nodes, so they need names of their own.
  pbf.writeStringField(3, outputs[0] ?? op);
  pbf.writeStringField(4, op);
  for (const attribute of Object.entries(attributes)) pbf.writeMessage(5, writeAttribute, attribute);
  if (domain !== "") pbf.writeStringField(7, domain);
}

/** AttributeProto: name 1, f 2, i 3, s 4, ints 8, type 20 (FLOAT 1, INT 2, STRING 3, INTS 7). */
function writeAttribute([name, value]: [string, Attribute], pbf: PbfWriter): void {
  pbf.writeStringField(1, name);
  if (typeof value === "bigint") {
    pbf.writeVarintField(3, Number(value));
    pbf.writeVarintField(20, 2);
  } else if (typeof value === "number") {
    pbf.writeFloatField(2, value);
    pbf.writeVarintField(20, 1);
  } else if (typeof value === "string") {
    pbf.writeStringField(4, value);
    pbf.writeVarintField(20, 3);
  } else {
    for (const item of value) pbf.writeVarintField(8, item);
    pbf.writeVarintField(20, 7);
  }
}

function writeInitializer({ name, type, shape, data }: Initializer, pbf: PbfWriter): void {
  for (const side of shape) pbf.writeVarintField(1, side);
  pbf.writeVarintField(2, elementType[type]);
  pbf.writeStringField(8, name);
  if (typeof data === "string") {
    pbf.writeMessage(13, writeEntry, ["location", data]);
    pbf.writeVarintField(14, external);
  } else pbf.writeBytesField(9, data);
}

/** TensorProto.DataLocation */
const external = 1;

function writeEntry([key, value]: readonly [string, string], pbf: PbfWriter): void {
  pbf.writeStringField(1, key);
  pbf.writeStringField(2, value);
}

function writePort({ name, type, shape }: Port, pbf: PbfWriter): void {
  pbf.writeStringField(1, name);
  pbf.writeMessage(
    2,
    (_, valueType) => {
      valueType.writeMessage(
        1,
        (__, tensorType) => {
          tensorType.writeVarintField(1, elementType[type]);
          tensorType.writeMessage(
            2,
            (___, dims) => {
              for (const side of shape) {
                dims.writeMessage(
                  1,
                  (____, dim) => {
                    if (typeof side === "number") dim.writeVarintField(1, side);
                    else dim.writeStringField(2, side);
                  },
                  null,
                );
              }
            },
            null,
          );
        },
        null,
      );
    },
    null,
  );
}
