import { createHash } from "node:crypto";

import { LeyendaError, type Verdict } from "@leyenda/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { selectRows, type SelectionOptions } from "./select-rows.js";
import { selectionTable, type SelectionTable } from "./selection-table.js";

interface Row {
  key: string;
  body: string;
  /** Without perceptual hashes. */
  flat?: boolean;
}
interface Selected {
  verdict: Verdict;
  position: number | null;
  kept: string | null;
}

function digest(value: string): Buffer {
  return createHash("sha256").update(value).digest();
}

function cells(values: string[]): Uint8Array {
  return Buffer.concat(values.map((value) => digest(value).subarray(0, 16)));
}

/** Every row has a caption of its own; equal bodies have equal hashes, as pictures do. */
function tableOf(rows: readonly Row[]): SelectionTable {
  const table = selectionTable(rows.length);
  table.keys.set(cells(rows.map(({ key }) => key)));
  rows.forEach(({ body, flat = false }, row) => {
    const bytes = digest(body);
    table.captions[row] = row;
    const columns = flat ? [table.bodies] : [table.bodies, table.phashes, table.dhashes];
    for (const [index, { high, low }] of columns.entries()) {
      high[row] = bytes.readUInt32LE(index * 8);
      low[row] = bytes.readUInt32LE(index * 8 + 4);
    }
  });
  return table;
}

const defaults: SelectionOptions = {
  train: 0,
  validation: 0,
  seed: "s",
  placeholderCaptions: 10,
  nearDuplicateBits: 6,
};

/** Verdicts by key. */
function select(rows: Row[], options: Partial<SelectionOptions>): Map<string, Selected> {
  const selection = selectRows(tableOf(rows), { ...defaults, ...options });
  return new Map(
    rows.map(({ key }, row) => {
      const kept = selection.keptRow(row);
      return [
        key,
        {
          verdict: selection.verdict(row),
          position: selection.position(row),
          kept: kept === null ? null : (rows[kept]?.key ?? null),
        },
      ];
    }),
  );
}

/** Rows with different pictures. */
function distinct(count: number, prefix = "k"): Row[] {
  return Array.from({ length: count }, (_, index) => ({
    key: `${prefix}${index}`,
    body: `${prefix} body ${index}`,
  }));
}

function keysOf(selected: Map<string, Selected>, verdict: Verdict): string[] {
  return [...selected]
    .filter(([, row]) => row.verdict === verdict)
    .sort(([, a], [, b]) => (a.position ?? 0) - (b.position ?? 0))
    .map(([key]) => key);
}

function positions(selected: Map<string, Selected>, verdict: Verdict): (number | null)[] {
  return keysOf(selected, verdict).map((key) => selected.get(key)?.position ?? null);
}

/** Rows of which some share a picture, in any order. */
const someRows = fc
  .array(fc.integer({ min: 0, max: 60 }), { minLength: 1, maxLength: 120 })
  .map((bodies) =>
    bodies.map((body, index) => ({ key: `key ${index}`, body: `body ${body}`, flat: body % 3 === 0 })),
  );

describe("selectRows", () => {
  it("fills both splits exactly, with positions from 0 and without gaps, whenever there are enough pictures", () => {
    fc.assert(
      fc.property(someRows, fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(100), (rows, share, spare) => {
        const pictures = new Set(rows.map(({ body }) => body)).size;
        const wanted = Math.max(0, pictures - spare);
        const validation = Math.round(wanted * share);
        const train = wanted - validation;
        const selected = select(rows, { train, validation, placeholderCaptions: 0 });
        expect(positions(selected, "train")).toEqual(Array.from({ length: train }, (_, place) => place));
        expect(positions(selected, "validation")).toEqual(
          Array.from({ length: validation }, (_, place) => place),
        );
        expect(keysOf(selected, "reserve")).toHaveLength(pictures - wanted);
      }),
    );
  });

  it("keeps one row of each picture, the one with the smallest key, and says which", () => {
    fc.assert(
      fc.property(someRows, (rows) => {
        const selected = select(rows, { placeholderCaptions: 0 });
        for (const picture of new Set(rows.map(({ body }) => body))) {
          const members = rows.filter(({ body }) => body === picture);
          const smallest = members
            .map(({ key }) => key)
            .reduce((best, key) => (Buffer.compare(cells([key]), cells([best])) < 0 ? key : best));
          for (const { key } of members) {
            expect(selected.get(key)).toMatchObject(
              key === smallest
                ? { verdict: "reserve", kept: null }
                : { verdict: "duplicate", kept: smallest },
            );
          }
        }
      }),
    );
  });

  it("does not depend on the order of rows", () => {
    fc.assert(
      fc.property(
        someRows.chain((rows) =>
          fc.tuple(fc.constant(rows), fc.shuffledSubarray(rows, { minLength: rows.length })),
        ),
        ([rows, shuffled]) => {
          const pictures = new Set(rows.map(({ body }) => body)).size;
          const options = {
            train: Math.floor(pictures / 2),
            validation: Math.floor(pictures / 5),
            placeholderCaptions: 8,
          };
          let expected: Map<string, Selected>;
          try {
            expected = select(rows, options);
          } catch (error) {
            expect(error).toBeInstanceOf(LeyendaError);
            expect(() => select(shuffled, options)).toThrow((error as Error).message);
            return;
          }
          for (const [key, row] of select(shuffled, options)) expect(row).toEqual(expected.get(key));
        },
      ),
    );
  });

  it("moves no surviving row to the other split when rows go or come, while there is a reserve", () => {
    const all = distinct(1200);
    fc.assert(
      fc.property(fc.array(fc.nat(1199), { maxLength: 60 }), fc.nat(200), (lost, come) => {
        const options = { train: 900, validation: 100 };
        const before = select(all, options);
        const gone = new Set(lost);
        const after = select(
          [...all.filter((_, index) => !gone.has(index)), ...distinct(come, "new")],
          options,
        );
        const splits = new Set<Verdict>(["train", "validation"]);
        for (const [key, { verdict }] of after) {
          const was = before.get(key)?.verdict;
          if (was !== undefined && splits.has(was) && splits.has(verdict))
            expect([key, verdict]).toEqual([key, was]);
        }
      }),
      { numRuns: 30 },
    );
  });

  it("makes a row a candidate for one split by its key alone, whatever other rows there are", () => {
    const rows = distinct(1500);
    const byKey = new Map(rows.map((row) => [row.key, row]));
    // Windows of the ranking: lists in which the same row is first, last or in the middle.
    const ranked = keysOf(select(rows, { train: 1500 }), "train").flatMap((key) => byKey.get(key) ?? []);
    const split = new Map<string, Verdict>();
    for (let start = 0; start + 500 <= ranked.length; start += 50) {
      const selected = select(ranked.slice(start, start + 500), { train: 90, validation: 10 });
      for (const verdict of ["train", "validation"] as const) {
        for (const key of keysOf(selected, verdict)) {
          expect([key, split.get(key) ?? verdict]).toEqual([key, verdict]);
          split.set(key, verdict);
        }
      }
    }
    expect([...split.values()].filter((verdict) => verdict === "validation").length).toBeGreaterThan(20);
  });

  it("keeps the order of surviving rows within a split: a shuffle by key", () => {
    const rows = distinct(400);
    const before = keysOf(select(rows, { train: 300, validation: 20 }), "train");
    const after = new Set(keysOf(select(rows.slice(40), { train: 300, validation: 20 }), "train"));
    const survivors = before.filter((key) => after.has(key));
    expect(survivors.length).toBeGreaterThan(250);
    expect([...after].filter((key) => before.includes(key))).toEqual(survivors);
    expect(before).not.toEqual([...before].sort());
  });

  it("drops every row of a picture that is found under too many", () => {
    const placeholder = Array.from({ length: 5 }, (_, index) => ({
      key: `p${index}`,
      body: "no image available",
    }));
    const rows = [...distinct(3), ...placeholder];
    const selected = select(rows, { train: 2, validation: 1, placeholderCaptions: 5 });
    expect(placeholder.map(({ key }) => selected.get(key)?.verdict)).toEqual(Array(5).fill("placeholder"));
    expect(keysOf(select(rows, { placeholderCaptions: 6 }), "placeholder")).toEqual([]);
    expect(keysOf(select(rows, { placeholderCaptions: 0 }), "placeholder")).toEqual([]);
  });

  it("uses a key once, even when its address brought two pictures", () => {
    const twice = [
      { key: "same", body: "a" },
      { key: "same", body: "b" },
    ];
    const chosen = [twice, twice.toReversed()].map((rows) => {
      const selection = selectRows(tableOf(rows), { ...defaults, train: 1 });
      const keeper = selection.verdict(0) === "train" ? 0 : 1;
      expect(selection.verdict(keeper)).toBe("train");
      expect(selection.verdict(1 - keeper)).toBe("duplicate");
      expect(selection.reason(1 - keeper)).toBe("key");
      expect(selection.keptRow(1 - keeper)).toBe(keeper);
      return rows[keeper]?.body;
    });
    expect(chosen[0]).toBe(chosen[1]);
  });

  it("gives another choice for another seed", () => {
    const rows = distinct(300);
    const options = { train: 90, validation: 10 };
    const first = keysOf(select(rows, options), "train");
    expect(keysOf(select(rows, options), "train")).toEqual(first);
    expect(keysOf(select(rows, { ...options, seed: "t" }), "train")).not.toEqual(first);
  });

  it("says how many rows are missing", () => {
    const rows = [...distinct(7), { key: "copy", body: "k body 0" }];
    expect(() => select(rows, { train: 9, validation: 1 })).toThrow(
      expect.objectContaining({
        code: "NOT_ENOUGH_ROWS",
        message: expect.stringMatching(/^3 rows are missing/) as string,
      }),
    );
  });

  it("refuses tables whose columns do not belong together", () => {
    const table = { ...tableOf(distinct(2)), keys: new Uint8Array(16) };
    expect(() => selectRows(table, defaults)).toThrow(RangeError);
  });
});
