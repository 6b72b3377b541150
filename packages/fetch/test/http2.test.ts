import { createSecureServer, type Http2SecureServer, type ServerHttp2Stream } from "node:http2";
import type { AddressInfo, Socket } from "node:net";

import { afterEach, describe, expect, it } from "vitest";

import type { FetchClient, FetchOptions } from "../src/index.js";
import { pem } from "./support/pem.js";
import { gif, jpegLike } from "./support/pictures.js";
import { plainClient } from "./support/plain-client.js";
import { frame, frameTypes, rawHttp2Server, uint32 } from "./support/raw-http2-server.js";

const closing: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

interface Web {
  origin: string;
  /** Sockets that were accepted. */
  sockets: Set<Socket>;
  /** HTTP version of each request. */
  versions: string[];
  server: Http2SecureServer;
}

/** A server that speaks HTTP/2 and HTTP/1.1. */
async function serve(
  onStream: (stream: ServerHttp2Stream, headers: Record<string, unknown>) => void,
): Promise<Web> {
  const server = createSecureServer({
    cert: pem("good.cert"),
    key: pem("good.key"),
    allowHTTP1: true,
    // Room for several large pictures that wait to be read.
    maxSessionMemory: 100,
  });
  const web: Web = { origin: "", sockets: new Set(), versions: [], server };
  server.on("secureConnection", (socket: Socket) => web.sockets.add(socket));
  server.on("stream", onStream);
  server.on("request", (request, response) => {
    web.versions.push(request.httpVersion);
    if (request.httpVersion !== "2.0") response.end(gif);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(async () => {
    for (const socket of web.sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  web.origin = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return web;
}

function open(options: FetchOptions = {}): FetchClient {
  const client = plainClient({
    retries: 0,
    requestsPerSecondPerHost: 1_000_000,
    allowPrivate: ["127.0.0.1"],
    ca: [pem("ca.cert")],
    ...options,
  });
  closing.push(client.close);
  return client;
}

const answer = (stream: ServerHttp2Stream): void => {
  stream.respond({ ":status": 200 });
  stream.end(gif);
};

describe("HTTP/2", () => {
  it("asks with the same headers as HTTP/1.1", async () => {
    let seen: Record<string, unknown> = {};
    const web = await serve((stream, headers) => {
      seen = { ...headers };
      answer(stream);
    });
    const url = `${web.origin.replace("//", "//user:secret@")}/a?b#c`;
    const client = open({ userAgent: "Test/1 (+https://e)", headers: { "Accept-Language": "es" } });
    expect(await client.fetchImage(url)).toMatchObject({ outcome: "ok", status: 200 });
    expect(Object.fromEntries(Object.entries(seen))).toEqual({
      ":method": "GET",
      ":scheme": "https",
      ":authority": web.origin.slice("https://".length),
      ":path": "/a?b",
      accept: "image/*,*/*;q=0.8",
      "accept-encoding": "identity",
      "accept-language": "es",
      "user-agent": "Test/1 (+https://e)",
    });
  });

  it("shares one connection between requests at the same time", async () => {
    let running = 0;
    let most = 0;
    const web = await serve((stream) => {
      most = Math.max(most, ++running);
      setTimeout(() => {
        running--;
        answer(stream);
      }, 50);
    });
    const client = open({ connectionsPerHost: 8 });
    const results = await Promise.all(
      Array.from({ length: 40 }, (_, n) => client.fetchImage(`${web.origin}/${n}`)),
    );
    expect(results.map(({ outcome }) => outcome)).toEqual(Array.from({ length: 40 }, () => "ok"));
    expect(web.sockets.size).toBe(1);
    expect(most).toBe(8);
  });

  it("keeps to the streams that the server allows", async () => {
    let most = 0;
    const web = await serve((stream) => {
      const session = stream.session as unknown as { open?: number };
      session.open = (session.open ?? 0) + 1;
      most = Math.max(most, session.open);
      setTimeout(() => {
        session.open = (session.open ?? 0) - 1;
        answer(stream);
      }, 20);
    });
    web.server.updateSettings({ maxConcurrentStreams: 2 });
    const client = open({ connectionsPerHost: 8 });
    await client.fetchImage(web.origin);
    const results = await Promise.all(
      Array.from({ length: 20 }, (_, n) => client.fetchImage(`${web.origin}/${n}`)),
    );
    expect(new Set(results.map(({ outcome, detail }) => detail ?? outcome))).toEqual(new Set(["ok"]));
    expect(most).toBe(2);
  });

  it("reads bodies larger than any window, at the same time and byte for byte", async () => {
    const picture = jpegLike(6_000_000);
    const web = await serve((stream) => {
      stream.respond({ ":status": 200 });
      stream.end(picture);
    });
    const client = open();
    const results = await Promise.all([1, 2, 3, 4].map((n) => client.fetchImage(`${web.origin}/${n}`)));
    expect(results.map(({ outcome, detail }) => detail ?? outcome)).toEqual(["ok", "ok", "ok", "ok"]);
    for (const { body } of results) expect(picture.equals(body ?? Buffer.alloc(0))).toBe(true);
    expect(web.sockets.size).toBe(1);
  });

  it("loses no picture to a server that says goodbye after every few requests", async () => {
    let requests = 0;
    const web = await serve((stream) => {
      if (++requests % 5 === 0) stream.session?.close();
      setTimeout(() => {
        answer(stream);
      }, 10);
    });
    const client = open({ connectionsPerHost: 1 });
    for (let n = 0; n < 30; n++) expect((await client.fetchImage(web.origin)).outcome).toBe("ok");
    expect(web.sockets.size).toBe(6);
  });

  it("does not use a connection again on which a deadline has passed", async () => {
    let requests = 0;
    const web = await serve((stream) => {
      stream.on("error", () => undefined);
      if (++requests > 1) answer(stream);
    });
    const client = open({ headersMs: 100 });
    expect(await client.fetchImage(web.origin)).toMatchObject({ outcome: "timeout" });
    expect(await client.fetchImage(web.origin)).toMatchObject({ outcome: "ok" });
    expect(web.sockets.size).toBe(2);
  });

  it("keeps the connection of a body that was not wanted", async () => {
    const web = await serve((stream, { ":path": path }) => {
      stream.on("error", () => undefined);
      stream.respond({ ":status": path === "/none" ? 404 : 200 });
      stream.end(path === "/none" ? Buffer.alloc(500_000) : gif);
    });
    const client = open();
    for (const path of ["/a", "/none", "/b"]) await client.fetchImage(web.origin + path);
    expect(web.sockets.size).toBe(1);
  });

  it("ends a download that is aborted, and nothing else", async () => {
    const web = await serve((stream, { ":path": path }) => {
      stream.on("error", () => undefined);
      setTimeout(() => {
        if (path !== "/never" && !stream.destroyed) answer(stream);
      }, 200);
    });
    const client = open();
    const aborted = client.fetchImage(`${web.origin}/never`, { signal: AbortSignal.timeout(100) });
    const other = client.fetchImage(`${web.origin}/other`);
    await expect(aborted).rejects.toThrow("timeout");
    expect(await other).toMatchObject({ outcome: "ok" });
  });

  it("speaks HTTP/1.1 to who asks for it", async () => {
    // 13 is HTTP_1_1_REQUIRED; the next connection offers nothing else, and this server then knows no protocol.
    const server = await rawHttp2Server({
      serve: ({ socket }, stream) => {
        socket.write(frame(frameTypes.reset, 0, stream, uint32(13)));
      },
    });
    closing.push(server.close);
    const client = open({ retries: 1, retryBaseMs: 1 });
    const result = await client.fetchImage(`https://127.0.0.1:${server.port}/`);
    expect(result).toMatchObject({ outcome: "tls", attempts: 2 });
    expect(result.detail).toContain("NO_APPLICATION_PROTOCOL");
  });

  it("is not offered where it is switched off", async () => {
    const web = await serve((stream) => {
      answer(stream);
    });
    const client = open({ http2: false });
    expect(await client.fetchImage(web.origin)).toMatchObject({ outcome: "ok" });
    expect(web.versions).toEqual(["1.1"]);
  });

  it("leaves HTTP/1.1 servers with the connection that asked them", async () => {
    const { createServer } = await import("node:https");
    let connections = 0;
    const server = createServer({ cert: pem("good.cert"), key: pem("good.key") }, (_request, response) => {
      response.end(gif);
    }).on("secureConnection", () => connections++);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    closing.push(async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    });
    const client = open();
    for (let n = 0; n < 4; n++) {
      const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/${n}`;
      expect(await client.fetchImage(url)).toMatchObject({ outcome: "ok" });
    }
    expect(connections).toBe(1);
  });
});
