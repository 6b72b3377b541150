import { setTimeout as wait } from "node:timers/promises";
import { brotliCompressSync, deflateRawSync, gzipSync } from "node:zlib";

import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { BufferPool } from "./buffer-pool.js";
import { ByteCollector } from "./byte-collector.js";
import { collectBody } from "./collect-body.js";
import type { FetchFailure } from "./fetch-failure.js";

const pool = new BufferPool(1_000_000);
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
          const sink = collectBody(
            names.join(", "),
            { maxBytes: 1_000_000, declared: wire.length, pool },
            unexpected,
          );
          // As a socket does it: one buffer for all that is read.
          const read = Buffer.alloc(size);
          for (let at = 0; at < wire.length; at += size) {
            sink.write(read.subarray(0, wire.copy(read, 0, at, at + size)));
            read.fill(0xff);
          }
          expect((await sink.end()).body.equals(body)).toBe(true);
        },
      ),
      { numRuns: 100 },
    );
  });

  it("stops a bomb while it comes, without waiting for its end", async () => {
    const bomb = gzipSync(Buffer.alloc(50_000_000));
    const failures: FetchFailure[] = [];
    const sink = collectBody("gzip", { maxBytes: 100_000, declared: 0, pool }, (failure) =>
      failures.push(failure),
    );
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
  it("joins pieces of all sizes, whatever length was declared", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(9_000), { maxLength: 30 }), fc.nat(2_000_000), (sizes, declared) => {
        const bytes = new ByteCollector(pool, declared);
        const pieces = sizes.map((size, index) => Buffer.alloc(size, index + 1));
        for (const piece of pieces) bytes.add(piece);
        expect(bytes.take().equals(Buffer.concat(pieces))).toBe(true);
        bytes.drop();
      }),
    );
  });

  it("takes a million bytes one by one without keeping a million objects", () => {
    const bytes = new ByteCollector(new BufferPool(0), 0);
    const before = process.memoryUsage();
    const read = Buffer.alloc(65_536, 7);
    for (let at = 0; at < 1_000_000; at++) bytes.add(read.subarray(at % 65_536, (at % 65_536) + 1));
    expect(bytes.length).toBe(1_000_000);
    expect(process.memoryUsage().arrayBuffers - before.arrayBuffers).toBeLessThan(4_000_000);
    expect(bytes.take().every((byte) => byte === 7)).toBe(true);
  });

  it("keeps no memory for what is only declared, nor a page for a tiny body", () => {
    const bodies = [1, 8_000, 9_000, 500_000].map((size) => {
      const bytes = new ByteCollector(new BufferPool(0), 1_000_000_000);
      bytes.add(Buffer.alloc(size));
      return bytes.take();
    });
    for (const { length, buffer } of bodies) expect(buffer.byteLength).toBeLessThan(2 * length + 8_193);
  });
});
