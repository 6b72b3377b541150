/** What the unpickler makes. Nothing of it is ever called or looked up: a global is only its name. */
export type PickleValue =
  | string
  | number
  | bigint
  | boolean
  | null
  | PickleValue[]
  | PickleDict
  | PickleGlobal
  | PickleStorage
  | PickleTensor;

export class PickleDict {
  readonly items = new Map<PickleValue, PickleValue>();
}

/** `module.name`. */
export class PickleGlobal {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

/** Bytes that lie elsewhere: an entry of the zip, or behind the pickles. */
export class PickleStorage {
  /** As in `torch.FloatStorage`: `Float`. */
  readonly type: string;
  readonly key: string;
  /** Elements. */
  readonly length: number;

  constructor(type: string, key: string, length: number) {
    this.type = type;
    this.key = key;
    this.length = length;
  }
}

/** A view of a storage; offset and strides in elements. */
export class PickleTensor {
  readonly storage: PickleStorage;
  readonly offset: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];

  constructor(storage: PickleStorage, offset: number, shape: readonly number[], strides: readonly number[]) {
    this.storage = storage;
    this.offset = offset;
    this.shape = shape;
    this.strides = strides;
  }
}
