import { outcomeClasses } from "@leyenda/core";
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";

import type { FetchClient } from "../src/index.js";
import { pem } from "./support/pem.js";
import { gif } from "./support/pictures.js";
import { plainClient } from "./support/plain-client.js";
import {
  endHeaders,
  endStream,
  frame,
  frameTypes,
  headerBlock,
  rawHttp2Server,
  uint32,
} from "./support/raw-http2-server.js";
import type { RawServer } from "./support/raw-server.js";

const { data, goaway, headers, ping, reset, settings, windowUpdate } = frameTypes;

/** Frames that could come in answer to a request, in good and in bad orders. */
function frames(stream: number): Buffer[] {
  return [
    frame(
      headers,
      endHeaders,
      stream,
      headerBlock({ ":status": "200", "content-length": String(gif.length) }),
    ),
    frame(data, endStream, stream, gif),
    frame(headers, endHeaders, stream, headerBlock({ ":status": "200" })),
    frame(data, 0, stream, gif.subarray(0, 20)),
    frame(data, endStream, stream, gif.subarray(20)),
    frame(headers, endHeaders, stream, headerBlock({ ":status": "103" })),
    frame(
      headers,
      endHeaders | endStream,
      stream,
      headerBlock({ ":status": "302", location: "http://127.0.0.1:1/" }),
    ),
    frame(reset, 0, stream, uint32(8)),
    frame(reset, 0, stream, uint32(0)),
    frame(goaway, 0, 0, uint32(stream, 0)),
    frame(settings, 0, 0, Buffer.from([0, 3, 0, 0, 0, 1])),
    frame(ping, 0, 0, "12345678"),
    frame(windowUpdate, 0, 0, uint32(1)),
  ];
}

let answer: { order: number[]; edits: { at: number; byte: number }[]; hangUp: boolean };
let server: RawServer;
let client: FetchClient;

beforeAll(async () => {
  server = await rawHttp2Server({
    serve: ({ socket }, stream) => {
      const all = frames(stream);
      const bytes = Buffer.concat(answer.order.map((index) => all[index] ?? Buffer.alloc(0)));
      for (const { at, byte } of answer.edits) bytes[Math.floor(at * bytes.length)] = byte;
      socket.write(bytes);
      if (answer.hangUp) socket.end();
    },
  });
  client = plainClient({
    retries: 0,
    requestsPerSecondPerHost: 1_000_000,
    headersMs: 150,
    stallMs: 150,
    totalMs: 400,
    allowPrivate: ["127.0.0.1"],
    ca: [pem("ca.cert")],
  });
});

afterAll(async () => {
  await client.close();
  await server.close();
});

const answers = fc.record({
  order: fc.oneof(
    fc.constantFrom<number[]>([0, 1], [2, 3, 4], [5, 0, 1]),
    fc.array(fc.nat(12), { minLength: 1, maxLength: 6 }),
  ),
  edits: fc.array(fc.record({ at: fc.double({ min: 0, max: 0.999, noNaN: true }), byte: fc.nat(255) }), {
    maxLength: 3,
  }),
  hangUp: fc.boolean(),
});

it("ends every broken HTTP/2 answer in one listed outcome", { retry: 2 }, async () => {
  await fc.assert(
    fc.asyncProperty(answers, async (next) => {
      answer = next;
      const begun = performance.now();
      const result = await client.fetchImage(`https://127.0.0.1:${server.port}/`);
      expect(performance.now() - begun).toBeLessThan(10_000);
      expect(Object.keys(outcomeClasses)).toContain(result.outcome);
      expect(result.body === null).toBe(result.outcome !== "ok");
      // Nobody changed a byte: what is stored can only be the whole picture.
      if (result.body !== null && next.edits.length === 0) {
        expect([gif, gif.subarray(20)].some((whole) => whole.equals(result.body ?? gif))).toBe(true);
      }
    }),
    { numRuns: Number(process.env.LEYENDA_FUZZ_RUNS ?? 150) },
  );
});
