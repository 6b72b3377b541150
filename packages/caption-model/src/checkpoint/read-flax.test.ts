import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { encode, ExtData } from "@msgpack/msgpack";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { readFlax } from "./read-flax.js";

const checkpoint = fileURLToPath(
  new URL("../../../../tools/oracle/fixtures/caption/flax/flax_model.msgpack", import.meta.url),
);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "leyenda-flax-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** As `flax.serialization.msgpack_serialize` writes an array. */
function array(shape: number[], values: Float32Array, type = "float32"): ExtData {
  return new ExtData(1, encode([shape, type, new Uint8Array(values.buffer)]));
}

async function read(bytes: Uint8Array): ReturnType<typeof readFlax> {
  const path = join(folder, "flax_model.msgpack");
  await writeFile(path, bytes);
  return readFlax(path);
}

const leaf = fc
  .tuple(fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 4 }), fc.float({ noNaN: true }))
  .map(([shape, value]) => ({
    shape,
    values: new Float32Array(shape.reduce((product, side) => product * side, 1)).fill(value),
  }));
/** Names of every length that MessagePack writes differently. */
const name = fc.string({ minLength: 1, maxLength: 300, unit: fc.constantFrom("a", "b", "ñ", "_") });

it("reads any nesting of arrays, whatever their names and shapes", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.dictionary(name, fc.dictionary(name, leaf, { maxKeys: 20 }), { maxKeys: 20 }),
      async (tree) => {
        const packed = Object.fromEntries(
          Object.entries(tree).map(([outer, leaves]) => [
            outer,
            Object.fromEntries(
              Object.entries(leaves).map(([inner, { shape, values }]) => [inner, array(shape, values)]),
            ),
          ]),
        );
        const found = await read(encode(packed));
        const wanted = Object.entries(tree).flatMap(([outer, leaves]) =>
          Object.entries(leaves).map(
            ([inner, { shape, values }]) => [`${outer}.${inner}`, shape, values] as const,
          ),
        );
        expect([...found.keys()]).toEqual(wanted.map(([path]) => path));
        for (const [path, shape, values] of wanted) expect(found.get(path)).toEqual({ shape, data: values });
      },
    ),
    { numRuns: 40 },
  );
});

it("turns kernels from Flax's layout to PyTorch's", async () => {
  const dense = array([2, 3], Float32Array.of(1, 2, 3, 4, 5, 6));
  const convolution = array([1, 2, 2, 1], Float32Array.of(1, 2, 3, 4));
  const found = await read(encode({ dense: { kernel: dense }, convolution: { kernel: convolution } }));
  expect(found.get("dense.weight")).toEqual({ shape: [3, 2], data: Float32Array.of(1, 4, 2, 5, 3, 6) });
  expect(found.get("convolution.weight")).toEqual({
    shape: [1, 2, 1, 2],
    data: Float32Array.of(1, 3, 2, 4),
  });
});

describe("a damaged file", () => {
  it("cut off anywhere is refused by its name", async () => {
    const whole = await readFile(checkpoint);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: whole.length - 1 }), async (length) => {
        await expect(read(whole.subarray(0, length))).rejects.toMatchObject({ code: "MODEL_INVALID" });
      }),
      { numRuns: 60 },
    );
  });

  it("with any byte changed is read or refused, and nothing else", async () => {
    const whole = await readFile(checkpoint);
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: whole.length - 1 }),
        fc.integer({ min: 1, max: 255 }),
        async (at, change) => {
          const bytes = Buffer.from(whole);
          bytes[at] = (bytes[at] ?? 0) ^ change;
          await read(bytes).catch((error: unknown) => {
            expect(error).toMatchObject({ code: "MODEL_INVALID" });
          });
        },
      ),
      { numRuns: 100 },
    );
  });

  it.each([
    ["of other numbers", { a: array([1], Float32Array.of(1), "bfloat16") }, /bfloat16/],
    [
      "with fewer numbers than its shape has",
      { a: array([9], Float32Array.of(1)) },
      /4 bytes are there, 36 are wanted/,
    ],
    ["that is text", { a: "weights" }, /neither a map nor an array/],
  ])("%s is refused", async (_, content, message) => {
    await expect(read(encode(content))).rejects.toThrow(message);
  });

  it("with bytes behind its end is refused", async () => {
    const bytes = encode({ a: array([1], Float32Array.of(1)) });
    await expect(read(Buffer.concat([bytes, Buffer.from([0])]))).rejects.toThrow(/follow the end/);
  });

  it("of maps in maps without end is refused", async () => {
    await expect(read(Buffer.alloc(10_000, Buffer.from([0x81, 0xa1, 0x61])))).rejects.toThrow(/maps within/);
  });
});

it("says which file is not there", async () => {
  await expect(readFlax(join(folder, "nowhere"))).rejects.toMatchObject({ code: "MODEL_MISSING" });
});
