import {
  Bool,
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

describe("a column laid out without Arrow's builders", () => {
  it.each(columns)("of %s holds what theirs does, nulls too, and is read as they are", (_, type, value) => {
    fc.assert(
      fc.property(fc.array(fc.option(value), { minLength: 1, maxLength: 40 }), (values) => {
        const data = columnData(type, values.length, (row) => values[row]);
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
