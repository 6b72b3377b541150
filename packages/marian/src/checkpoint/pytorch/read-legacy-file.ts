import type { PickleStorage, PickleValue } from "./pickle-value.js";
import { PickleDict, PickleTensor } from "./pickle-value.js";
import { readPickle } from "./read-pickle.js";

const magic = 0x1950a86a20f9469cfc6cn;
const protocol = 1001;

/**
 * Takes apart a file of torch before 1.6: pickles of a magic number, the protocol, the machine's sizes, the object and the keys
 * of its storages; then for each key int64 elements and the bytes.
 *
 * @throws Error
 */
export function readLegacyFile(
  bytes: Uint8Array,
  elementBytes: (storage: PickleStorage) => number,
): { value: PickleValue; storages: ReadonlyMap<string, Uint8Array> } {
  let at = 0;
  const next = (): PickleValue => {
    const { value, end } = readPickle(bytes, at);
    at = end;
    return value;
  };
  const notTorch = new Error("it is neither a zip file nor what torch before 1.6 wrote");
  if (bytes[0] !== 0x80) throw notTorch;
  if (next() !== magic || next() !== protocol) throw notTorch;
  const machine = next();
  if (machine instanceof PickleDict && machine.items.get("little_endian") !== true)
    throw new Error("it is big-endian, which is not supported");
  const value = next();
  const keys = next();
  if (!Array.isArray(keys)) throw new Error("the list of its storages is missing");
  const known = storagesOf(value);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const storages = new Map<string, Uint8Array>();
  for (const key of keys) {
    const storage = typeof key === "string" ? known.get(key) : undefined;
    if (storage === undefined) throw new Error("it lists a storage that belongs to no tensor");
    if (at + 8 > bytes.length) throw new Error(`the file is truncated before storage ${storage.key}`);
    const length = Number(view.getBigInt64(at, true)) * elementBytes(storage);
    if (length < 0 || at + 8 + length > bytes.length)
      throw new Error(`the file is truncated in storage ${storage.key}`);
    storages.set(storage.key, bytes.subarray(at + 8, at + 8 + length));
    at += 8 + length;
  }
  return { value, storages };
}

function storagesOf(value: PickleValue): Map<string, PickleStorage> {
  const found = new Map<string, PickleStorage>();
  const seen = new Set<PickleDict>();
  const dicts = value instanceof PickleDict ? [value] : [];
  for (const dict of dicts) {
    if (seen.has(dict)) continue;
    seen.add(dict);
    for (const item of dict.items.values()) {
      if (item instanceof PickleTensor) found.set(item.storage.key, item.storage);
      else if (item instanceof PickleDict) dicts.push(item);
    }
  }
  return found;
}
