import { outcomeClasses } from "@leyenda/core";
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";

import type { FetchClient } from "../src/index.js";
import { gif, jpegLike } from "./support/pictures.js";
import { plainClient } from "./support/plain-client.js";
import { rawServer, type RawServer, reply } from "./support/raw-server.js";

const responses = [
  reply({ body: gif }),
  reply({ body: jpegLike(3_000), headers: ["Content-Type: image/jpeg", "X-Robots-Tag: all"] }),
  Buffer.from(
    `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nGI\r\n4;a=b\r\nF89a\r\n0\r\nX: y\r\n\r\n`,
  ),
  reply({ status: "302 Found", headers: ["Location: http://127.0.0.1:1/a"] }),
  reply({ status: "429 Slow Down", headers: ["Retry-After: 1", "Content-Encoding: gzip"], body: gif }),
  Buffer.concat([Buffer.from("HTTP/1.1 103 Early\r\nLink: </a>\r\n\r\n"), reply({ body: gif })]),
];

let next: Buffer = Buffer.alloc(0);
let cut = 0;
let hosts = 0;
let server: RawServer;
let client: FetchClient;

beforeAll(async () => {
  server = await rawServer((socket) => {
    // In two writes, so that the parser also stops in the middle.
    socket.write(next.subarray(0, cut), () => socket.end(next.subarray(cut)));
  });
  client = plainClient({
    retries: 0,
    headersMs: 300,
    stallMs: 300,
    totalMs: 900,
    allowPrivate: ["127.0.0.1", "*.test"],
    resolve: { "*.test": "127.0.0.1" },
  });
});

afterAll(async () => {
  await client.close();
  await server.close();
});

const mutation = fc.record({
  response: fc.constantFrom(...responses),
  edits: fc.array(
    fc.record({
      at: fc.double({ min: 0, max: 1, noNaN: true }),
      drop: fc.nat(4),
      insert: fc.oneof(
        fc.uint8Array({ maxLength: 4 }),
        fc.constantFrom(..."\r\n;:0 9,-".split("")).map((text) => Buffer.from(text)),
      ),
    }),
    { maxLength: 4 },
  ),
  cut: fc.double({ min: 0, max: 1, noNaN: true }),
});

it("ends every broken response in one listed outcome", async () => {
  await fc.assert(
    fc.asyncProperty(mutation, async ({ response, edits, cut: share }) => {
      next = response;
      for (const { at, drop, insert } of edits) {
        const from = Math.floor(at * next.length);
        next = Buffer.concat([next.subarray(0, from), insert, next.subarray(from + drop)]);
      }
      cut = Math.floor(share * next.length);
      // Each its own host: what one answered must not slow down the others.
      hosts += 1;
      const result = await client.fetchImage(`http://host${hosts}.test:${server.port}/`);
      expect(Object.keys(outcomeClasses)).toContain(result.outcome);
      expect(result.body === null).toBe(result.outcome !== "ok");
      expect(result.detail === null).toBe(result.outcome === "ok");
    }),
    { numRuns: Number(process.env.LEYENDA_FUZZ_RUNS ?? 300) },
  );
});
