import {
  Bool,
  type Data,
  type DataType,
  Float32,
  Float64,
  Int32,
  Int64,
  Uint16,
  Uint32,
  Utf8,
  Vector,
  vectorFromArray,
} from "apache-arrow";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { chunkValues } from "./chunk-values.js";
import { columnData } from "./column-data.js";
import { gatherColumn } from "./gather-column.js";
import { sliceColumn } from "./slice-column.js";

const text = fc.oneof(fc.string(), fc.string({ unit: "binary" }), fc.constantFrom("", "ñandú", "🦙", "a\0b"));
const columns: [name: string, type: DataType, value: fc.Arbitrary<unknown>][] = [
  ["Utf8", new Utf8(), text],
  ["Int32", new Int32(), fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })],
  ["Uint16", new Uint16(), fc.nat(65_535)],
  ["Uint32", new Uint32(), fc.nat(2 ** 32 - 1)],
  ["Int64", new Int64(), fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })],
  ["Float32", new Float32(), fc.float({ noNaN: true })],
  ["Float64", new Float64(), fc.double({ noNaN: true })],
  ["Bool", new Bool(), fc.boolean()],
];

const usedMemory = (bytes: number): Buffer => Buffer.allocUnsafeSlow(bytes).fill(0xa5);

describe("a column laid out without Arrow's builders", () => {
  it.each(columns)("of %s holds what theirs does, nulls too, and is read as they are", (_, type, value) => {
    fc.assert(
      fc.property(fc.array(fc.option(value), { minLength: 1, maxLength: 40 }), (values) => {
        const data = columnData(type, values.length, (row) => values[row]);
        const inUsed = columnData(type, values.length, (row) => values[row], usedMemory);
        expect(bytes(inUsed)).toEqual(bytes(data));
        const [theirs] = vectorFromArray(values, type).data;
        expect([...new Vector([data])]).toEqual([...new Vector(theirs === undefined ? [] : [theirs])]);
        expect(data.nullCount).toBe(values.filter((each) => each === null).length);
        const valueAt = chunkValues(data);
        expect(values.map((_each, row) => valueAt(row))).toEqual([...new Vector([data])]);
      }),
    );
  });

  it("keeps halves of a character, which UTF-8 does not have, apart", () => {
    const data = columnData(new Utf8(), 3, (row) => ["a\ud83e", "\udd99b", "c"][row]);
    expect([...new Vector([data])]).toEqual(["a\ufffd", "\ufffdb", "c"]);
  });

  it("is read by rows of a slice", () => {
    const data = columnData(new Utf8(), 4, (row) => `text ${row}`);
    const valueAt = chunkValues(new Vector([data]).slice(1, 3).data[0] ?? data);
    expect([valueAt(0), valueAt(1)]).toEqual(["text 1", "text 2"]);
  });
});

const bytes = (data: Data): unknown => [
  data.length,
  data.nullCount,
  ...Object.values(data.buffers as object).map((buffer: ArrayBufferView | undefined) =>
    buffer === undefined
      ? null
      : Buffer.from(buffer.buffer, buffer.byteOffset, buffer.byteLength).toString("hex"),
  ),
];

describe("a slice of a column", () => {
  const same = (from: DataType, to: DataType, value: fc.Arbitrary<unknown>): void => {
    fc.assert(
      fc.property(
        fc.array(fc.array(value, { minLength: 1, maxLength: 20 }), { minLength: 1, maxLength: 3 }),
        fc.nat(),
        fc.nat(),
        (chunks, one, other) => {
          const values = chunks.flat();
          const [start = 0, end = 0] = [one, other]
            .map((bound) => bound % (values.length + 1))
            .sort((a, b) => a - b);
          const pieces = chunks.map((chunk) => columnData(from, chunk.length, (row) => chunk[row]));
          const slice = sliceColumn(pieces, to, start, end);
          const laidOut = columnData(to, end - start, (row) => values[start + row]);
          expect(bytes(slice)).toEqual(bytes(laidOut));
          expect(bytes(sliceColumn(pieces, to, start, end, usedMemory))).toEqual(bytes(laidOut));
        },
      ),
    );
  };

  it.each(columns)(
    "of %s has the bytes of its values laid out anew, in one chunk or over several",
    (_, type, value) => {
      same(type, type, value);
      same(type, type, fc.option(value));
    },
  );

  it("can have another type that holds the same numbers", () => {
    same(new Uint32(), new Int32(), fc.nat(2 ** 31 - 1));
    same(new Uint16(), new Int32(), fc.nat(65_535));
  });
});

describe("rows gathered from a column", () => {
  it.each(columns)("of %s have the bytes of their values laid out anew, in any order", (_, type, value) => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.option(value, { freq: 20 }), { minLength: 1, maxLength: 20 }), {
          minLength: 1,
          maxLength: 4,
        }),
        fc.array(fc.nat(), { maxLength: 30 }),
        (chunks, picks) => {
          const values = chunks.flat();
          const indexes = picks.map((pick) => pick % values.length);
          const gathered = gatherColumn(
            chunks.map((chunk) => columnData(type, chunk.length, (row) => chunk[row])),
            type,
            indexes,
          );
          const laidOut = columnData(type, indexes.length, (row) => values[indexes[row] ?? -1]);
          expect(bytes(gathered)).toEqual(bytes(laidOut));
        },
      ),
    );
  });
});
