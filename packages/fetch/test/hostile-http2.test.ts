import { setTimeout as wait } from "node:timers/promises";
import { gzipSync } from "node:zlib";

import type { Outcome } from "@leyenda/core";
import { describe, expect, it } from "vitest";

import type { FetchOptions, FetchResult } from "../src/index.js";
import { pem } from "./support/pem.js";
import { gif, jpegLike } from "./support/pictures.js";
import { plainClient } from "./support/plain-client.js";
import {
  ack,
  endHeaders,
  endStream,
  frame,
  frameTypes,
  headerBlock,
  type Http2Behaviour,
  type Http2Connection,
  rawHttp2Server,
  uint32,
} from "./support/raw-http2-server.js";
import { drip, flood } from "./support/raw-server.js";

const deadlines = {
  dnsMs: 1_000,
  connectMs: 1_000,
  tlsMs: 1_000,
  headersMs: 500,
  stallMs: 400,
  totalMs: 1_200,
};
/** What a busy machine may add to a deadline before it counts as broken. */
const graceMs = 3_000;

const options: FetchOptions = {
  ...deadlines,
  maxBytes: 3_000_000,
  retries: 0,
  allowPrivate: ["127.0.0.1"],
  ca: [pem("ca.cert")],
};

const { settings, reset, ping, goaway, push, windowUpdate, continuation, priority, data } = frameTypes;

const bomb = gzipSync(Buffer.alloc(30_000_000));

const nodeMajor = Number(process.versions.node.split(".")[0]);

interface Behaviour extends Http2Behaviour {
  name: string;
  outcome: Outcome;
  /** What it comes to from a version of Node.js on that notices more; several where that may come after the deadline. */
  later?: { node: number; outcomes: Outcome[] };
  expected?: Partial<FetchResult>;
  body?: Buffer;
}

/** The head of a picture, then what is wrong. */
const afterHead =
  (misbehave: (connection: Http2Connection, stream: number) => void, headers = {}) =>
  (connection: Http2Connection, stream: number): void => {
    connection.head(stream, headers);
    connection.data(stream, gif.subarray(0, 10));
    // Apart, so that the client has seen the head when the rest comes.
    setTimeout(() => {
      misbehave(connection, stream);
    }, 30);
  };

const whole = (connection: Http2Connection, stream: number): void => {
  connection.head(stream, { "content-length": String(gif.length) });
  connection.data(stream, gif, endStream);
};

const behaviours: Behaviour[] = [
  // Pictures that arrive.
  { name: "a picture", serve: whole, outcome: "ok", body: gif, expected: { status: 200 } },
  {
    name: "a picture without Content-Length",
    serve: (connection, stream) => {
      connection.head(stream);
      connection.data(stream, gif, endStream);
    },
    outcome: "ok",
    body: gif,
  },
  {
    name: "the end in a frame of its own",
    serve: (connection, stream) => {
      connection.head(stream);
      connection.data(stream, gif);
      connection.data(stream, "", endStream);
    },
    outcome: "ok",
    body: gif,
  },
  {
    name: "frames of one byte",
    serve: (connection, stream) => {
      connection.head(stream);
      for (const byte of gif) connection.data(stream, Buffer.from([byte]));
      connection.data(stream, "", endStream);
    },
    outcome: "ok",
    body: gif,
  },
  {
    name: "gzip",
    serve: (connection, stream) => {
      connection.head(stream, { "content-encoding": "gzip" });
      connection.data(stream, gzipSync(gif), endStream);
    },
    outcome: "ok",
    body: gif,
  },
  {
    name: "103 Early Hints first",
    serve: (connection, stream) => {
      connection.head(stream, { ":status": "103", link: "</a>" });
      whole(connection, stream);
    },
    outcome: "ok",
    body: gif,
  },
  {
    name: "trailers",
    serve: (connection, stream) => {
      connection.head(stream);
      connection.data(stream, gif);
      const trailers = headerBlock({ "x-checksum": "1" });
      connection.socket.write(frame(frameTypes.headers, endHeaders | endStream, stream, trailers));
    },
    outcome: "ok",
    body: gif,
  },
  {
    name: "pings and settings between the frames",
    serve: (connection, stream) => {
      connection.head(stream);
      for (let at = 0; at < gif.length; at += 8) {
        connection.socket.write(frame(ping, 0, 0, "12345678"));
        connection.socket.write(frame(settings, 0, 0));
        connection.data(stream, gif.subarray(at, at + 8));
      }
      connection.data(stream, "", endStream);
    },
    outcome: "ok",
    body: gif,
  },
  {
    name: "GOAWAY before the answer that still comes",
    serve: (connection, stream) => {
      connection.socket.write(frame(goaway, 0, 0, uint32(stream, 0)));
      setTimeout(() => {
        whole(connection, stream);
      }, 50);
    },
    outcome: "ok",
    body: gif,
  },
  {
    name: "data after the end",
    serve: (connection, stream) => {
      whole(connection, stream);
      connection.data(stream, "more");
    },
    outcome: "ok",
    body: gif,
  },
  {
    name: "404",
    serve: (connection, stream) => {
      connection.head(stream, { ":status": "404" }, endHeaders | endStream);
    },
    outcome: "http_4xx",
    expected: { status: 404 },
  },
  {
    name: "404 with an endless page",
    serve: (connection, stream) => {
      connection.head(stream, { ":status": "404" });
      flood(connection.socket, frame(data, 0, stream, "x".repeat(16_000)));
    },
    outcome: "http_4xx",
  },
  {
    name: "an empty 200",
    serve: (connection, stream) => {
      connection.head(stream, {}, endHeaders | endStream);
    },
    outcome: "empty_body",
  },
  {
    name: "a redirect to file",
    serve: (connection, stream) => {
      connection.head(stream, { ":status": "302", location: "file:///etc/passwd" }, endHeaders | endStream);
    },
    outcome: "bad_redirect",
  },
  {
    name: "a redirect to metadata",
    serve: (connection, stream) => {
      const headers = { ":status": "302", location: "https://169.254.169.254/latest/" };
      connection.head(stream, headers, endHeaders | endStream);
    },
    outcome: "blocked_address",
  },

  // Sizes.
  {
    name: "an endless body",
    serve: (connection, stream) => {
      connection.head(stream);
      flood(connection.socket, frame(data, 0, stream, "x".repeat(16_000)));
    },
    outcome: "too_large",
    later: { node: 26, outcomes: ["http_protocol"] },
  },
  {
    name: "a Content-Length above maxBytes",
    serve: (connection, stream) => {
      connection.head(stream, { "content-length": "99999999" });
    },
    outcome: "too_large",
  },
  {
    name: "a gzip bomb",
    serve: (connection, stream) => {
      connection.head(stream, { "content-encoding": "gzip" });
      connection.data(stream, bomb, endStream);
    },
    outcome: "too_large",
  },

  // Resets.
  ...([0, 2, 7, 8] as const).map((code): Behaviour => ({
    name: `RST_STREAM ${code} instead of an answer`,
    serve: (connection, stream) => {
      connection.reset(stream, code);
    },
    outcome: "reset",
    expected: { status: null },
  })),
  ...([0, 8] as const).map((code): Behaviour => ({
    name: `RST_STREAM ${code} within a body of unknown length`,
    serve: afterHead((connection, stream) => {
      connection.reset(stream, code);
    }),
    outcome: "truncated_body",
    expected: { status: 200, bytes: 10 },
  })),
  {
    name: "RST_STREAM 0 within a body of known length",
    serve: afterHead(
      (connection, stream) => {
        connection.reset(stream, 0);
      },
      { "content-length": String(gif.length) },
    ),
    outcome: "truncated_body",
  },
  {
    name: "RST_STREAM 2 within a body",
    serve: afterHead((connection, stream) => {
      connection.reset(stream, 2);
    }),
    outcome: "reset",
  },
  {
    name: "RST_STREAM 1 within a body",
    serve: afterHead((connection, stream) => {
      connection.reset(stream, 1);
    }),
    outcome: "http_protocol",
  },
  {
    name: "GOAWAY instead of an answer",
    serve: ({ socket }) => {
      socket.end(frame(goaway, 0, 0, uint32(0, 0)));
    },
    outcome: "reset",
  },
  {
    name: "GOAWAY with an error within a body",
    serve: afterHead(({ socket }, stream) => {
      socket.end(frame(goaway, 0, 0, uint32(stream, 2)));
    }),
    outcome: "reset",
  },
  {
    name: "closed instead of an answer",
    serve: ({ socket }) => {
      socket.end();
    },
    outcome: "reset",
  },
  {
    name: "closed within a body",
    serve: afterHead(({ socket }) => {
      socket.end();
    }),
    outcome: "truncated_body",
  },
  {
    name: "half a frame, then closed",
    serve: afterHead(({ socket }, stream) => {
      socket.end(frame(data, 0, stream, "x".repeat(1_000)).subarray(0, 500));
    }),
    outcome: "truncated_body",
  },
  {
    name: "a connection reset within a body",
    serve: afterHead(({ tcp }) => tcp.resetAndDestroy()),
    outcome: "reset",
  },

  // Lengths that are not kept.
  {
    name: "short of Content-Length",
    serve: (connection, stream) => {
      connection.head(stream, { "content-length": "1000" });
      connection.data(stream, gif, endStream);
    },
    outcome: "truncated_body",
  },
  {
    name: "more than Content-Length",
    serve: (connection, stream) => {
      connection.head(stream, { "content-length": "10" });
      connection.data(stream, gif, endStream);
    },
    outcome: "truncated_body",
    later: { node: 22, outcomes: ["http_protocol"] },
  },

  // Slowness.
  { name: "silence", serve: () => undefined, outcome: "timeout", expected: { status: null } },
  {
    name: "silence from the first byte",
    serve: () => undefined,
    greeting: Buffer.alloc(0),
    outcome: "timeout",
  },
  {
    name: "no stream allowed",
    serve: () => undefined,
    greeting: frame(settings, 0, 0, Buffer.from([0, 3, 0, 0, 0, 0])),
    outcome: "timeout",
  },
  { name: "silence in the body", serve: afterHead(() => undefined), outcome: "timeout" },
  {
    name: "a body that drips",
    serve: (connection, stream) => {
      connection.head(stream);
      drip(connection.socket, 20, frame(data, 0, stream, "x"));
    },
    outcome: "timeout",
    expected: { status: 200 },
  },
  {
    name: "endless 103s that drip",
    serve: ({ socket }, stream) => {
      drip(socket, 50, frame(frameTypes.headers, endHeaders, stream, headerBlock({ ":status": "103" })));
    },
    outcome: "timeout",
  },

  // Floods.
  {
    name: "a flood of 103",
    serve: ({ socket }, stream) => {
      flood(socket, frame(frameTypes.headers, endHeaders, stream, headerBlock({ ":status": "103" })));
    },
    outcome: "http_protocol",
  },
  {
    name: "a flood of pings",
    serve: ({ socket }) => {
      flood(socket, Buffer.concat(Array.from({ length: 500 }, () => frame(ping, 0, 0, "12345678"))));
    },
    outcome: "http_protocol",
  },
  {
    name: "a flood of ping answers",
    serve: ({ socket }) => {
      flood(socket, Buffer.concat(Array.from({ length: 500 }, () => frame(ping, ack, 0, "12345678"))));
    },
    outcome: "http_protocol",
  },
  {
    name: "a flood of settings",
    serve: ({ socket }) => {
      flood(socket, Buffer.concat(Array.from({ length: 500 }, () => frame(settings, 0, 0))));
    },
    outcome: "http_protocol",
  },
  {
    name: "a flood of empty frames",
    serve: afterHead(({ socket }, stream) => {
      flood(socket, Buffer.concat(Array.from({ length: 500 }, () => frame(data, 0, stream))));
    }),
    outcome: "reset",
  },
  {
    name: "a flood of priorities",
    serve: ({ socket }, stream) => {
      const one = frame(priority, 0, stream, Buffer.from([0, 0, 0, 0, 1]));
      flood(socket, Buffer.concat(Array.from({ length: 500 }, () => one)));
    },
    outcome: "timeout",
    later: { node: 22, outcomes: ["http_protocol"] },
  },
  {
    name: "a flood of frames of no known type",
    serve: ({ socket }, stream) => {
      flood(socket, frame(0xfa, 0, stream, "x".repeat(10_000)));
    },
    outcome: "timeout",
    later: { node: 22, outcomes: ["http_protocol", "timeout"] },
  },
  {
    name: "a flood of continuations",
    serve: ({ socket }, stream) => {
      socket.write(frame(frameTypes.headers, 0, stream, headerBlock({ ":status": "200" })));
      flood(socket, frame(continuation, 0, stream, headerBlock({ "x-a": "b".repeat(1_000) })));
    },
    outcome: "http_protocol",
  },
  {
    name: "a flood of empty continuations",
    serve: ({ socket }, stream) => {
      socket.write(frame(frameTypes.headers, 0, stream, headerBlock({ ":status": "200" })));
      flood(socket, Buffer.concat(Array.from({ length: 500 }, () => frame(continuation, 0, stream))));
    },
    outcome: "http_protocol",
  },
  {
    name: "headers beyond all bounds",
    serve: ({ socket }, stream) => {
      const block = headerBlock(
        Object.fromEntries(Array.from({ length: 90 }, (_, n) => [`x-${n}`, "b".repeat(1_000)])),
      );
      socket.write(frame(frameTypes.headers, 0, stream, headerBlock({ ":status": "200" })));
      for (let at = 0; at < block.length; at += 16_000) {
        const last = at + 16_000 >= block.length;
        socket.write(frame(continuation, last ? endHeaders : 0, stream, block.subarray(at, at + 16_000)));
      }
    },
    outcome: "timeout",
  },
  {
    name: "a thousand headers",
    serve: (connection, stream) => {
      connection.head(stream, Object.fromEntries(Array.from({ length: 1_000 }, (_, n) => [`x-${n}`, "b"])));
      connection.data(stream, gif, endStream);
    },
    outcome: "http_protocol",
  },
  {
    name: "a header bomb from the table",
    serve: ({ socket }, stream) => {
      // One entry of 4,000 bytes that goes into the table, and then its index again and again.
      const entry = Buffer.from(headerBlock({ "x-a": "b".repeat(3_900) }));
      entry[0] = 0x40;
      const block = Buffer.concat([
        headerBlock({ ":status": "200" }),
        entry,
        Buffer.alloc(10_000, 0x80 | 62),
      ]);
      socket.write(frame(frameTypes.headers, endHeaders, stream, block));
    },
    outcome: "http_protocol",
  },
  {
    name: "a window that grows beyond all bounds",
    serve: ({ socket }, stream) => {
      flood(socket, frame(windowUpdate, 0, stream, uint32(0x7fffffff)));
    },
    outcome: "http_protocol",
  },

  // Things that are not HTTP/2. Of some Node says nothing, and the deadline ends them.
  {
    name: "HTTP/1.1 instead",
    serve: () => undefined,
    greeting: Buffer.from("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"),
    outcome: "http_protocol",
  },
  { name: "noise", serve: () => undefined, greeting: jpegLike(10_000), outcome: "http_protocol" },
  {
    name: "a frame beyond the agreed size",
    serve: ({ socket }, stream) => {
      socket.write(frame(data, 0, stream, Buffer.alloc(20_000)));
    },
    outcome: "timeout",
    later: { node: 22, outcomes: ["http_protocol"] },
  },
  {
    name: "data before a head",
    serve: (connection, stream) => {
      connection.data(stream, gif);
    },
    outcome: "timeout",
    later: { node: 22, outcomes: ["http_protocol"] },
  },
  {
    name: "a head for a stream that nobody opened",
    serve: (connection, stream) => {
      connection.head(stream + 100);
    },
    outcome: "http_protocol",
  },
  {
    name: "a push",
    serve: ({ socket }, stream) => {
      const promised = Buffer.concat([uint32(2), headerBlock({ ":method": "GET", ":path": "/" })]);
      socket.write(frame(push, endHeaders, stream, promised));
    },
    outcome: "timeout",
  },
  {
    name: "headers that cannot be unpacked",
    serve: ({ socket }, stream) => {
      socket.write(frame(frameTypes.headers, endHeaders, stream, Buffer.alloc(100, 0xff)));
    },
    outcome: "timeout",
    later: { node: 22, outcomes: ["http_protocol"] },
  },
  {
    name: "no status",
    serve: ({ socket }, stream) => {
      socket.write(frame(frameTypes.headers, endHeaders | endStream, stream, headerBlock({ "x-a": "b" })));
    },
    outcome: "http_protocol",
  },
  {
    name: "a status that is no number",
    serve: (connection, stream) => {
      connection.head(stream, { ":status": "abc" }, endHeaders | endStream);
    },
    outcome: "http_protocol",
  },
  {
    name: "a header name in upper case",
    serve: (connection, stream) => {
      connection.head(stream, { "X-A": "b" }, endHeaders | endStream);
    },
    outcome: "http_protocol",
  },
  {
    name: "a second head instead of the end",
    serve: afterHead((connection, stream) => {
      connection.head(stream);
    }),
    outcome: "http_protocol",
  },
  {
    name: "a reset of the connection as a stream",
    serve: ({ socket }) => {
      socket.write(frame(reset, 0, 0, uint32(8)));
    },
    outcome: "http_protocol",
  },
  {
    name: "settings that cannot be",
    serve: ({ socket }) => {
      socket.write(frame(settings, 0, 0, Buffer.from([0, 4, 0xff, 0xff, 0xff, 0xff])));
    },
    outcome: "http_protocol",
  },
];

describe("a hostile HTTP/2 server", { retry: 3 }, () => {
  it.each(behaviours)("$name: $outcome", async ({ outcome, later, expected, body, serve, greeting }) => {
    const server = await rawHttp2Server({ serve, ...(greeting === undefined ? {} : { greeting }) });
    const client = plainClient(options);
    try {
      const begun = performance.now();
      const result = await client.fetchImage(`https://127.0.0.1:${server.port}/a.jpg`);
      expect(performance.now() - begun).toBeLessThan(deadlines.totalMs + graceMs);
      expect(later !== undefined && nodeMajor >= later.node ? later.outcomes : [outcome]).toContain(
        result.outcome,
      );
      expect(result).toMatchObject({ attempts: 1, ...expected });
      if (outcome === "ok") expect(body?.equals(result.body ?? Buffer.alloc(0))).toBe(true);
      else expect(result).toMatchObject({ body: null, sha256: null });
      await client.close();
      // Everything is closed from our side, whatever the server would like.
      for (let n = 0; n < 40 && server.open() > 0; n++) await wait(25);
      expect(server.open()).toBe(0);
    } finally {
      await client.close();
      await server.close();
    }
  });
});
