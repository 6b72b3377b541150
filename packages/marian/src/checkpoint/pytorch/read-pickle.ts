import { PickleDict, PickleGlobal, PickleStorage, PickleTensor, type PickleValue } from "./pickle-value.js";

/** Globals that a state dict refers to, each with what stands for its call. Every other name is refused. */
const calls = new Map<string, (args: readonly PickleValue[]) => PickleValue>([
  ["collections.OrderedDict", () => new PickleDict()],
  ["torch._utils._rebuild_tensor_v2", rebuildTensor],
  ["torch._utils._rebuild_parameter", (args) => args[0] ?? null],
]);

const storageName = /^torch\.(Float|Half|BFloat16|Double|Long|Int|Short|Char|Byte|Bool)Storage$/;

/** Marks where a tuple, a list or a dict's items begin on the stack. */
const mark = Symbol("mark");

/**
 * Reads one pickle as `torch.save` writes it (protocols 2 to 4) without executing anything: the operations below and the globals
 * above are all there is; another one ends the reading with its name.
 *
 * @returns the value, and where the pickle ends
 * @throws Error naming operation or global
 */
export function readPickle(bytes: Uint8Array, start = 0): { value: PickleValue; end: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const stack: (PickleValue | typeof mark)[] = [];
  const memo = new Map<number, PickleValue>();
  let at = start;

  const take = (length: number): number => {
    const from = at;
    if (length < 0 || from + length > bytes.length) throw new Error("the pickle is truncated");
    at += length;
    return from;
  };
  const text = (length: number): string => {
    const from = take(length);
    return Buffer.from(bytes.buffer, bytes.byteOffset + from, length).toString("utf8");
  };
  const line = (): string => {
    const end = bytes.indexOf(0x0a, at);
    if (end === -1) throw new Error("the pickle is truncated");
    const found = text(end - at);
    at += 1;
    return found;
  };
  const pop = (): PickleValue => {
    const value = stack.pop();
    if (value === undefined || value === mark) throw new Error("the pickle takes from an empty stack");
    return value;
  };
  const popToMark = (): PickleValue[] => {
    const from = stack.lastIndexOf(mark);
    if (from === -1) throw new Error("the pickle has no mark where it needs one");
    const values = stack.splice(from).slice(1);
    return values as PickleValue[];
  };
  const top = (): PickleValue => {
    const value = stack.at(-1);
    if (value === undefined || value === mark) throw new Error("the pickle takes from an empty stack");
    return value;
  };
  const setItems = (pairs: readonly PickleValue[]): PickleValue => {
    const dict = top();
    if (!(dict instanceof PickleDict) || pairs.length % 2 !== 0)
      throw new Error("the pickle sets items of what is no dict");
    for (let index = 0; index < pairs.length; index += 2)
      dict.items.set(pairs[index] ?? null, pairs[index + 1] ?? null);
    return dict;
  };
  const append = (values: readonly PickleValue[]): PickleValue => {
    const list = top();
    if (!Array.isArray(list)) throw new Error("the pickle appends to what is no list");
    for (const value of values) list.push(value);
    return list;
  };
  const recall = (index: number): PickleValue => {
    const value = memo.get(index);
    if (value === undefined) throw new Error("the pickle recalls what it never kept");
    return value;
  };
  const long = (length: number): PickleValue => {
    let value = 0n;
    const from = take(length);
    for (let index = length - 1; index >= 0; index -= 1)
      value = (value << 8n) | BigInt(bytes[from + index] ?? 0);
    const signed = length === 0 ? 0n : BigInt.asIntN(8 * length, value);
    return Number.isSafeInteger(Number(signed)) ? Number(signed) : signed;
  };
  const global = (module: string, name: string): PickleGlobal => {
    const full = `${module}.${name}`;
    if (!calls.has(full) && !storageName.test(full))
      throw new Error(`the pickle refers to ${full}, which no checkpoint needs; nothing of it was run`);
    return new PickleGlobal(full);
  };

  const stackGlobal = (name: PickleValue, module: PickleValue): PickleGlobal => {
    if (typeof name !== "string" || typeof module !== "string")
      throw new Error("the pickle names a global oddly");
    return global(module, name);
  };

  /** By the letters of Python's `pickle.py`. */
  const operations: Partial<Record<number, () => unknown>> = {
    0x80: () => take(1), // PROTO
    0x95: () => take(8), // FRAME
    0x28: () => stack.push(mark), // MARK
    0x4e: () => stack.push(null), // NONE
    0x88: () => stack.push(true), // NEWTRUE
    0x89: () => stack.push(false), // NEWFALSE
    0x4a: () => stack.push(view.getInt32(take(4), true)), // BININT
    0x4b: () => stack.push(view.getUint8(take(1))), // BININT1
    0x4d: () => stack.push(view.getUint16(take(2), true)), // BININT2
    0x8a: () => stack.push(long(view.getUint8(take(1)))), // LONG1
    0x47: () => stack.push(view.getFloat64(take(8), false)), // BINFLOAT
    0x58: () => stack.push(text(view.getUint32(take(4), true))), // BINUNICODE
    0x8c: () => stack.push(text(view.getUint8(take(1)))), // SHORT_BINUNICODE
    0x7d: () => stack.push(new PickleDict()), // EMPTY_DICT
    0x5d: () => stack.push([]), // EMPTY_LIST
    0x29: () => stack.push([]), // EMPTY_TUPLE
    0x74: () => stack.push(popToMark()), // TUPLE
    0x85: () => stack.push([pop()]), // TUPLE1
    0x86: () => stack.push([pop(), pop()].reverse()), // TUPLE2
    0x87: () => stack.push([pop(), pop(), pop()].reverse()), // TUPLE3
    0x61: () => append([pop()]), // APPEND
    0x65: () => append(popToMark()), // APPENDS
    0x73: () => setItems([pop(), pop()].reverse()), // SETITEM
    0x75: () => setItems(popToMark()), // SETITEMS
    0x71: () => memo.set(view.getUint8(take(1)), top()), // BINPUT
    0x72: () => memo.set(view.getUint32(take(4), true), top()), // LONG_BINPUT
    0x94: () => memo.set(memo.size, top()), // MEMOIZE
    0x68: () => stack.push(recall(view.getUint8(take(1)))), // BINGET
    0x6a: () => stack.push(recall(view.getUint32(take(4), true))), // LONG_BINGET
    0x63: () => stack.push(global(line(), line())), // GLOBAL
    0x93: () => stack.push(stackGlobal(pop(), pop())), // STACK_GLOBAL
    0x51: () => stack.push(storage(pop())), // BINPERSID
    0x52: () => stack.push(call(pop(), pop())), // REDUCE
    // BUILD: a state dict's `_metadata`, which says nothing about weights.
    0x62: () => [pop(), top()],
  };

  for (;;) {
    const code = bytes[take(1)] ?? 0;
    if (code === 0x2e) return { value: pop(), end: at };
    const operation = operations[code];
    if (operation === undefined) {
      const letter = code > 0x20 && code < 0x7f ? ` ("${String.fromCharCode(code)}")` : "";
      throw new Error(
        `the pickle uses operation 0x${code.toString(16)}${letter}, which no checkpoint needs; nothing was run`,
      );
    }
    operation();
  }
}

function call(args: PickleValue, target: PickleValue): PickleValue {
  const made = target instanceof PickleGlobal ? calls.get(target.name) : undefined;
  if (made === undefined || !Array.isArray(args)) throw new Error("the pickle calls what cannot be called");
  return made(args);
}

/** A persistent id: ("storage", type, key, place, elements, …). */
function storage(id: PickleValue): PickleStorage {
  const [kind, type, key, , length] = Array.isArray(id) ? id : [];
  const name = type instanceof PickleGlobal ? storageName.exec(type.name)?.[1] : undefined;
  if (kind !== "storage" || name === undefined || typeof key !== "string" || !isCount(length))
    throw new Error("the pickle refers to something outside that is no storage");
  return new PickleStorage(name, key, length);
}

/** (storage, offset, shape, strides, …) */
function rebuildTensor([from, offset, shape, strides]: readonly PickleValue[]): PickleTensor {
  if (!(from instanceof PickleStorage) || !isCount(offset) || !isCounts(shape) || !isCounts(strides))
    throw new Error("the pickle rebuilds a tensor from what is none");
  if (shape.length !== strides.length) throw new Error("a tensor has other strides than sides");
  return new PickleTensor(from, offset, shape, strides);
}

function isCount(value: PickleValue | undefined): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

function isCounts(value: PickleValue | undefined): value is number[] {
  return Array.isArray(value) && value.every(isCount);
}
