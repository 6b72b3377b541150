import { hashDistance } from "@leyenda/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import type { DuplicateOptions } from "./duplicate-options.js";
import { markDuplicates } from "./mark-duplicates.js";
import { reasons, selectionTable, type SelectionTable, verdictCode, verdicts } from "./selection-table.js";

interface Row {
  body: number;
  /** null for a flat picture. */
  phash: bigint | null;
  dhash: bigint;
  caption: number;
  verdict?: (typeof verdicts)[number];
}
interface Marked {
  verdict: string;
  reason: string | null;
  distance: number;
  kept: number;
}

const picture = 0x9f17_63a4_c05b_e281n;
const other = 0x1122_b3c4_7d8e_9f06n;

function tableOf(rows: readonly Row[]): SelectionTable {
  const table = selectionTable(rows.length);
  for (const [row, { body, phash, dhash, caption, verdict = "reserve" }] of rows.entries()) {
    // Keys descend, so that the last row of a cluster has the smallest.
    new DataView(table.keys.buffer).setUint32(row * 16, 1_000_000 - row);
    table.bodies.high[row] = body;
    for (const [{ high, low }, hash] of [
      [table.phashes, phash ?? 0n],
      [table.dhashes, phash === null ? 0n : dhash],
    ] as const) {
      high[row] = Number(hash >> 32n);
      low[row] = Number(hash & 0xffff_ffffn);
    }
    table.captions[row] = caption;
    table.verdicts[row] = verdictCode(verdict);
  }
  return table;
}

function mark(rows: readonly Row[], options: Partial<DuplicateOptions> = {}): Marked[] {
  const spare = (): Uint32Array => new Uint32Array(rows.length);
  const marks = markDuplicates(
    tableOf(rows),
    { placeholderCaptions: 0, nearDuplicateBits: 6, ...options },
    spare(),
    [spare(), spare(), spare()],
  );
  return rows.map((_, row) => ({
    verdict: verdicts[marks.verdicts[row] ?? 0] ?? "",
    reason: reasons[marks.reasons[row] ?? 0] ?? null,
    distance: marks.distances[row] ?? 0,
    kept: marks.kept[row] ?? 0,
  }));
}

/** A copy whose hashes have some bits turned. */
function near(bits: number, shift = 0): Pick<Row, "phash" | "dhash"> {
  let flips = 0n;
  for (let bit = 0; bit < bits; bit += 1) flips |= 1n << BigInt((bit * 7 + shift) % 64);
  return { phash: picture ^ flips, dhash: other ^ flips };
}

const original: Row = { body: 1, phash: picture, dhash: other, caption: 1 };
const stays = { verdict: "reserve", reason: null };

describe("markDuplicates", () => {
  it("drops near copies up to the threshold, says how near, and keeps the smallest key", () => {
    const rows = [{ ...original, ...near(7, 3), body: 4 }, { ...original, ...near(6), body: 2 }, original];
    expect(mark(rows)).toMatchObject([
      stays,
      { verdict: "duplicate", reason: "near", distance: 6, kept: 2 },
      stays,
    ]);
    expect(mark(rows, { nearDuplicateBits: 5 })).toMatchObject([stays, stays, stays]);
    expect(mark(rows, { nearDuplicateBits: 0 })).toMatchObject([stays, stays, stays]);
  });

  it("asks both hashes", () => {
    const drawing = { ...original, body: 2, dhash: other ^ 0xffffn };
    expect(mark([drawing, original])).toMatchObject([stays, stays]);
  });

  it("calls copies of the same bytes exact, also where pictures are flat or near copies are not looked for", () => {
    const flat = { ...original, phash: null };
    for (const rows of [
      [original, original],
      [flat, flat],
    ]) {
      const expected = [{ verdict: "duplicate", reason: "exact", distance: 0, kept: 1 }, stays];
      expect(mark(rows)).toMatchObject(expected);
      expect(mark(rows, { nearDuplicateBits: 0 })).toMatchObject(expected);
    }
    expect(mark([flat, { ...flat, body: 2 }])).toMatchObject([stays, stays]);
  });

  it("links pictures through others between them", () => {
    const rows = [{ ...original, ...near(12), body: 3 }, { ...original, ...near(6), body: 2 }, original];
    expect(mark(rows)).toMatchObject([
      { verdict: "duplicate", reason: "near", distance: 12, kept: 2 },
      { verdict: "duplicate", reason: "near", distance: 6, kept: 2 },
      stays,
    ]);
  });

  it("takes a picture under many different captions for a placeholder, with all that is near to it", () => {
    const many = Array.from({ length: 5 }, (_, caption) => ({ ...original, caption }));
    const copy = { ...original, ...near(4), body: 2 };
    const marked = mark([...many, copy], { placeholderCaptions: 5 });
    expect(marked.slice(0, 5).map(({ verdict }) => verdict)).toEqual(Array(5).fill("placeholder"));
    expect(marked[5]).toMatchObject({ verdict: "placeholder", reason: "near", distance: 4 });
    // The same caption at many addresses is one picture that many show.
    const shared = many.map((row) => ({ ...row, caption: 1 }));
    expect(
      mark(shared, { placeholderCaptions: 5 }).filter(({ verdict }) => verdict === "reserve"),
    ).toHaveLength(1);
  });

  it("excludes all copies of an excluded row's picture, and what is near to it or to a listed hash", () => {
    const rows: Row[] = [
      { ...original, verdict: "excluded" },
      original,
      { ...original, ...near(3), body: 2 },
      { ...original, phash: ~picture & 0xffff_ffff_ffff_ffffn, body: 3 },
    ];
    expect(mark(rows)).toMatchObject([
      { verdict: "excluded" },
      { verdict: "excluded", reason: "exact" },
      { verdict: "excluded", reason: "near", distance: 3 },
      stays,
    ]);
    const listed = { high: new Uint32Array([0x9f1763a5]), low: new Uint32Array([0xc05be281]) };
    expect(mark([original, rows[3] ?? original], { excludedHashes: listed })).toMatchObject([
      { verdict: "excluded", reason: "near", distance: 1 },
      stays,
    ]);
  });

  it("never keeps a row with a bad caption in place of a good one", () => {
    const rows: Row[] = [original, original, { ...original, verdict: "caption_short" }];
    expect(mark(rows)).toMatchObject([
      { verdict: "duplicate", kept: 1 },
      stays,
      { verdict: "caption_short", kept: 2 },
    ]);
  });

  it("leaves exactly the clusters that comparing all rows with all leaves", () => {
    const someRow = fc
      .record({
        shift: fc.nat(3),
        bits: fc.nat(14),
        body: fc.nat(9),
        flat: fc.boolean(),
        second: fc.nat(8),
      })
      .map(({ shift, bits, body, flat, second }): Row => {
        const { phash } = near(bits, shift * 13);
        return {
          body: flat ? body : bits * 100 + shift * 10 + second + 100,
          phash: flat ? null : phash,
          dhash: other ^ ((1n << BigInt(second)) - 1n),
          caption: 0,
        };
      });
    fc.assert(
      fc.property(fc.array(someRow, { maxLength: 60 }), fc.integer({ min: 1, max: 10 }), (rows, bits) => {
        const marked = mark(rows, { nearDuplicateBits: bits });
        expect(marked.map(({ kept }) => kept)).toEqual(naiveKeepers(tableOf(rows), bits));
      }),
    );
  });

  it("takes 100,000 rows of one picture, and as many flat ones, in its stride", () => {
    const rows = Array.from({ length: 200_000 }, (_, row): Row =>
      row % 2 === 0 ? { ...original, body: row + 1 } : { ...original, body: 1, phash: null },
    );
    expect(mark(rows).filter(({ verdict }) => verdict === "reserve")).toHaveLength(2);
  });
});

/** Last row (the smallest key) of those that are linked to each. */
function naiveKeepers({ phashes, dhashes, bodies }: SelectionTable, bits: number): number[] {
  const rows = [...bodies.high.keys()];
  const flat = (row: number): boolean => phashes.high[row] === 0 && phashes.low[row] === 0;
  const apart = ({ high, low }: { high: Uint32Array; low: Uint32Array }, a: number, b: number): number =>
    hashDistance(high[a] ?? 0, low[a] ?? 0, high[b] ?? 0, low[b] ?? 0);
  const linked = (a: number, b: number): boolean =>
    flat(a) || flat(b)
      ? flat(a) && flat(b) && bodies.high[a] === bodies.high[b]
      : apart(phashes, a, b) <= bits && apart(dhashes, a, b) <= bits;
  const keepers = [...rows];
  for (let changed = true; changed;) {
    changed = false;
    for (const a of rows) {
      for (const b of rows) {
        if (linked(a, b) && (keepers[a] ?? 0) < (keepers[b] ?? 0)) {
          keepers[a] = keepers[b] ?? 0;
          changed = true;
        }
      }
    }
  }
  return keepers;
}
