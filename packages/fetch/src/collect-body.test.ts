import { setTimeout as wait } from "node:timers/promises";
import { brotliCompressSync, deflateRawSync, gzipSync } from "node:zlib";

import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { ByteCollector } from "./byte-collector.js";
import { collectBody } from "./collect-body.js";
import type { FetchFailure } from "./fetch-failure.js";

const unexpected = (failure: FetchFailure): never => {
  throw failure;
};

describe("collectBody", () => {
  it("gives back what was encoded, however it is cut into pieces", async () => {
    const codings = { gzip: gzipSync, br: brotliCompressSync, deflate: deflateRawSync };
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ minLength: 1, maxLength: 3_000 }),
        fc.array(fc.constantFrom("gzip", "br", "deflate"), { maxLength: 3 }),
        fc.integer({ min: 1, max: 500 }),
        async (bytes, names, size) => {
          const body = Buffer.from(bytes);
          let wire = body;
          for (const name of names) wire = codings[name](wire);
          const sink = collectBody(names.join(", "), 1_000_000, unexpected);
          for (let at = 0; at < wire.length; at += size) sink.write(wire.subarray(at, at + size));
          expect((await sink.end()).body.equals(body)).toBe(true);
        },
      ),
      { numRuns: 100 },
    );
  });

  it("stops a bomb while it comes, without waiting for its end", async () => {
    const bomb = gzipSync(Buffer.alloc(50_000_000));
    const failures: FetchFailure[] = [];
    const sink = collectBody("gzip", 100_000, (failure) => failures.push(failure));
    // Of 50 kB the first thousandth decodes to more than is allowed.
    sink.write(bomb.subarray(0, 2_000));
    for (let n = 0; n < 100 && failures.length === 0; n++) await wait(10);
    expect(failures).toMatchObject([{ outcome: "too_large" }]);
    sink.write(bomb.subarray(2_000));
    await expect(sink.end()).rejects.toMatchObject({ outcome: "too_large" });
    expect(failures).toHaveLength(1);
  });
});

describe("ByteCollector", () => {
  it("joins pieces of all sizes", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(9_000), { maxLength: 30 }), (sizes) => {
        const bytes = new ByteCollector();
        const pieces = sizes.map((size, index) => Buffer.alloc(size, index + 1));
        for (const piece of pieces) bytes.add(piece);
        expect(bytes.take().equals(Buffer.concat(pieces))).toBe(true);
      }),
    );
  });

  it("takes a million bytes one by one without keeping a million objects", () => {
    const bytes = new ByteCollector();
    const before = process.memoryUsage();
    const read = Buffer.alloc(65_536, 7);
    for (let at = 0; at < 1_000_000; at++) bytes.add(read.subarray(at % 65_536, (at % 65_536) + 1));
    const parts = (bytes as unknown as { length: number }).length;
    expect(parts).toBe(1_000_000);
    expect(process.memoryUsage().arrayBuffers - before.arrayBuffers).toBeLessThan(4_000_000);
    expect(bytes.take().every((byte) => byte === 7)).toBe(true);
  });
});
