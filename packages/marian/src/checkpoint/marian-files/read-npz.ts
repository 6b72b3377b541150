import { decodeFloats, type FloatType } from "../decode-floats.js";
import { openZip } from "../zip/open-zip.js";
import type { MarianItem } from "./marian-item.js";

const floats: Partial<Record<string, FloatType>> = { "<f8": "f64", "<f4": "f32", "<f2": "f16" };
const bytes = new Set(["|i1", "|u1", "<i1", "<u1"]);

/**
 * Reads all arrays of a `.npz`: a zip file of `.npy`.
 *
 * @throws Error naming the array
 */
export async function readNpz(path: string): Promise<MarianItem[]> {
  const zip = await openZip(path);
  try {
    const items: MarianItem[] = [];
    for (const entry of zip.names) {
      const name = entry.endsWith(".npy") ? entry.slice(0, -".npy".length) : entry;
      items.push(readArray(name, await zip.read(entry)));
    }
    return items;
  } finally {
    zip.close();
  }
}

/** `.npy`: magic, version, header length (u16, from version 2 on u32), a Python dict, the data. */
function readArray(name: string, file: Uint8Array): MarianItem {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const invalid = (problem: string): Error => new Error(`array ${name}: ${problem}`);
  if (file.length < 12 || Buffer.from(file.subarray(0, 6)).toString("latin1") !== "\u0093NUMPY")
    throw invalid("not what numpy writes");
  const [lengthBytes, headerLength] =
    file[6] === 1 ? [2, view.getUint16(8, true)] : [4, view.getUint32(8, true)];
  const start = 8 + lengthBytes + headerLength;
  if (start > file.length) throw invalid("the header is truncated");
  const header = Buffer.from(file.subarray(8 + lengthBytes, start)).toString("latin1");
  const type = /'descr': *'([^']*)'/.exec(header)?.[1];
  const sides = /'shape': *\(([\d, ]*)\)/.exec(header)?.[1];
  if (type === undefined || sides === undefined) throw invalid("the header says no type or no shape");
  if (!/'fortran_order': *False/.test(header)) throw invalid("Fortran order is not supported");
  const shape = sides.split(",").flatMap((side) => (side.trim() === "" ? [] : [Number(side)]));
  const data = file.subarray(start);
  const float = floats[type];
  if (float === undefined && !bytes.has(type)) throw invalid(`type ${type} is not supported`);
  const wanted =
    shape.reduce((product, side) => product * side, 1) * (float === undefined ? 1 : Number(type[2]));
  if (data.length !== wanted) throw invalid(`${data.length} bytes where ${wanted} are promised`);
  return float === undefined
    ? { name, shape, content: { kind: "bytes", data } }
    : { name, shape, content: { kind: "floats", data: decodeFloats(float, data) } };
}
