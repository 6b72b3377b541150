import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { LeyendaError } from "@leyenda/core";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import type { PartVerdicts } from "../part-verdicts.js";
import type { CandidateBatch, CandidateSource } from "../scan-candidates.js";
import { selectInMemory } from "../select-in-memory.js";
import type { SelectionOptions } from "../select-rows.js";
import { selectionTable, verdictCode } from "../selection-table.js";
import { selectSpilled } from "./select-spilled.js";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "leyenda-spilled-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Row {
  key: number;
  body: number;
  /** null for a flat picture. */
  phash: bigint | null;
  dhash: bigint;
  caption: number;
  verdict: "reserve" | "excluded" | "caption_short";
  /** Rows before it that are no candidates. */
  gap: number;
}

/** Few keys, bodies and captions, and hashes around few centres, so that rows meet in every way. */
const rowArbitrary: fc.Arbitrary<Row> = fc.record({
  key: fc.oneof(fc.nat(2 ** 30), fc.nat(12)),
  body: fc.nat(40),
  phash: fc.oneof({ weight: 1, arbitrary: fc.constant(null) }, { weight: 9, arbitrary: nearTo(6) }),
  dhash: nearTo(2),
  caption: fc.nat(6),
  verdict: fc.oneof(
    { weight: 30, arbitrary: fc.constant("reserve" as const) },
    { weight: 1, arbitrary: fc.constantFrom("excluded" as const, "caption_short" as const) },
  ),
  gap: fc.nat(2),
});

/** Hashes some bits away from one of a few centres. */
function nearTo(centres: number): fc.Arbitrary<bigint> {
  return fc
    .tuple(fc.nat(centres - 1), fc.array(fc.nat(63), { maxLength: 4 }))
    .map(([centre, flips]) =>
      flips.reduce(
        (hash, bit) => hash ^ (1n << BigInt(bit)),
        BigInt.asUintN(64, 0x9f1763a4c05be281n * BigInt(2 * centre + 1)),
      ),
    );
}

const optionsArbitrary = fc.record({
  train: fc.nat(20),
  validation: fc.nat(20),
  placeholderCaptions: fc.constantFrom(0, 3),
  nearDuplicateBits: fc.nat(10),
  excluded: fc.array(nearTo(6), { maxLength: 2 }),
  seed: fc.constantFrom("a", "b"),
});

function sourceOf(parts: readonly (readonly Row[])[]): CandidateSource {
  const batches = parts.flatMap((rows, part): CandidateBatch[] => {
    const table = selectionTable(rows.length);
    const numbers = new Uint32Array(rows.length);
    let next = 0;
    for (const [index, row] of rows.entries()) {
      next += row.gap;
      numbers[index] = next++;
      new DataView(table.keys.buffer).setUint32(index * 16 + 8, row.key);
      for (const [{ high, low }, value] of [
        [table.bodies, BigInt(row.body) << 20n],
        [table.phashes, row.phash ?? 0n],
        [table.dhashes, row.phash === null ? 0n : row.dhash],
      ] as const) {
        high[index] = Number(value >> 32n);
        low[index] = Number(value & 0xffff_ffffn);
      }
      table.captions[index] = row.caption;
      table.verdicts[index] = verdictCode(row.verdict);
    }
    // Two batches a part, as long parts have.
    const half = rows.length >> 1;
    return [
      [0, half],
      [half, rows.length],
    ].map(([start = 0, end = 0]) => ({
      part,
      rows: numbers.slice(start, end),
      table: {
        ...table,
        keys: table.keys.slice(start * 16, end * 16),
        captions: table.captions.slice(start, end),
        verdicts: table.verdicts.slice(start, end),
        reasons: table.reasons.slice(start, end),
        ...Object.fromEntries(
          (["bodies", "phashes", "dhashes"] as const).map((name) => [
            name,
            { high: table[name].high.slice(start, end), low: table[name].low.slice(start, end) },
          ]),
        ),
      },
    }));
  });
  return {
    batches: (async function* () {
      for (const batch of batches) yield await Promise.resolve(batch);
    })(),
    rows: parts.reduce((sum, rows) => sum + rows.length, 0),
    partRows: parts.map((rows) => rows.reduce((sum, { gap }) => sum + gap + 1, 0)),
  };
}

/** All that is said of each row, or what is wrong. */
async function told(parts: AsyncIterable<PartVerdicts>): Promise<unknown> {
  const all: unknown[] = [];
  try {
    for await (const { rows, key, verdict, position, kept, reason, distance } of parts)
      all.push(
        Array.from(rows, (row, i) => [
          row,
          ...[key, verdict, position, kept, reason, distance].map((of) => of(i)),
        ]),
      );
  } catch (error) {
    return (error as LeyendaError).message;
  }
  return all;
}

function spilled(
  parts: readonly (readonly Row[])[],
  options: SelectionOptions,
  signal = new AbortController().signal,
): AsyncIterable<PartVerdicts> {
  return selectSpilled(sourceOf(parts), options, { folder, partitionRows: 20, bufferBytes: 1000 }, signal);
}

describe("selectSpilled", () => {
  it("says of every row what the selection in memory says", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(rowArbitrary, { maxLength: 120, size: "max" }), {
          minLength: 1,
          maxLength: 4,
          size: "max",
        }),
        optionsArbitrary,
        async (parts, { excluded, ...rest }) => {
          const excludedHashes = {
            high: Uint32Array.from(excluded, (hash) => Number(hash >> 32n)),
            low: Uint32Array.from(excluded, (hash) => Number(hash & 0xffff_ffffn)),
          };
          const options = { ...rest, excludedHashes };
          expect(await told(spilled(parts, options))).toEqual(
            await told(selectInMemory(sourceOf(parts), options)),
          );
        },
      ),
      { numRuns: 100 },
    );
  });

  it("leaves nothing on the disk, whether it ends or is stopped", async () => {
    const [rows] = fc.sample(fc.array(rowArbitrary, { minLength: 200, maxLength: 200, size: "max" }), 1);
    const options = { train: 1, validation: 1, placeholderCaptions: 0, nearDuplicateBits: 4, seed: "s" };
    const stop = new AbortController();
    const parts = spilled([rows ?? []], options, stop.signal)[Symbol.asyncIterator]();
    await expect(parts.next()).resolves.toMatchObject({ done: false });
    expect(await readdir(folder)).toEqual([]);
    stop.abort();
    await expect(told(spilled([rows ?? []], options, stop.signal))).resolves.toMatch(/aborted/);
    expect(await readdir(folder)).toEqual([]);
  });
});
