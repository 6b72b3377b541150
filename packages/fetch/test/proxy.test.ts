import { createServer as createHttpServer, type IncomingMessage, type Server } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { type AddressInfo, connect, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";

import { afterEach, describe, expect, it, vi } from "vitest";

import type { FetchClient, FetchOptions } from "../src/index.js";
import { pem } from "./support/pem.js";
import { gif } from "./support/pictures.js";
import { plainClient } from "./support/plain-client.js";
import { rawServer, type RawServer, reply, type Serve } from "./support/raw-server.js";

const closing: (() => Promise<void>)[] = [];

afterEach(async () => {
  vi.unstubAllEnvs();
  for (const close of closing.splice(0).reverse()) await close();
});

/** An address that is public, and to which nothing of this test ever goes but by name of the proxy. */
const address = "1.2.3.4";

const answer: Serve = (socket, { head }) => {
  socket.write(reply(/proxy|secret/i.test(head) ? { status: "400 Bad" } : { body: gif }));
};

async function web(serve: Serve = answer, secure = false): Promise<RawServer> {
  const server = await rawServer(serve, (listener) =>
    secure
      ? createTlsServer({ cert: pem("good.cert"), key: pem("good.key") }, listener)
      : createHttpServer().on("connection", listener),
  );
  closing.push(server.close);
  return server;
}

interface Proxy {
  port: number;
  /** What it was asked to connect to, with the credentials. */
  asked: { authority: string | undefined; credentials: string | undefined }[];
}

/** A proxy that connects to the same port of 127.0.0.1, whatever it is asked for. */
async function proxy({
  refuse,
  secure = false,
}: { refuse?: (socket: Socket) => void; secure?: boolean } = {}): Promise<Proxy> {
  const sockets = new Set<Socket>();
  const asked: Proxy["asked"] = [];
  const server: Server = secure
    ? createHttpsServer({ cert: pem("good.cert"), key: pem("good.key") })
    : createHttpServer();
  server.on("connection", (socket: Socket) => sockets.add(socket));
  server.on("connect", ({ url = "", headers }: IncomingMessage, socket: Socket) => {
    asked.push({ authority: url, credentials: headers["proxy-authorization"] });
    socket.on("error", () => undefined);
    if (refuse !== undefined) {
      refuse(socket);
      return;
    }
    const onward = connect(Number(url.split(":").at(-1)), "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 Connection Established\r\n\r\n");
      onward.pipe(socket).pipe(onward);
    });
    onward.on("error", () => socket.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return { port: (server.address() as AddressInfo).port, asked };
}

function open(options: FetchOptions): FetchClient {
  const client = plainClient({
    retries: 0,
    connectMs: 500,
    lookup: (name) => (name === "private.test" ? Promise.resolve(["10.0.0.1"]) : Promise.resolve([address])),
    ca: [pem("ca.cert")],
    ...options,
  });
  closing.push(client.close);
  return client;
}

describe("a proxy", () => {
  it.each([
    ["http", false],
    ["https", true],
  ])("is asked for the checked address of an %s host", async (scheme, secure) => {
    const server = await web(answer, secure);
    const through = await proxy();
    const client = open({ proxy: `http://127.0.0.1:${through.port}` });
    const url = `${scheme}://good.test:${server.port}/a.gif`;
    expect(await client.fetchImage(url)).toMatchObject({ outcome: "ok", finalUrl: url });
    // TLS runs through the tunnel: the certificate names the host and not the address.
    expect(through.asked).toEqual([{ authority: `${address}:${server.port}`, credentials: undefined }]);
  });

  it("may itself be spoken to over TLS", async () => {
    const server = await web(answer, true);
    const through = await proxy({ secure: true });
    const client = open({ proxy: `https://127.0.0.1:${through.port}` });
    expect(await client.fetchImage(`https://good.test:${server.port}/`)).toMatchObject({ outcome: "ok" });
    expect(through.asked).toHaveLength(1);
  });

  it("alone is sent its credentials", async () => {
    const server = await web();
    const through = await proxy();
    const client = open({ proxy: `http://us%40er:secret@127.0.0.1:${through.port}` });
    // The server answers 400 to a head that has anything of them.
    expect(await client.fetchImage(`http://a.test:${server.port}/`)).toMatchObject({ outcome: "ok" });
    expect(through.asked[0]?.credentials).toBe(`Basic ${Buffer.from("us@er:secret").toString("base64")}`);
  });

  it("is never asked for a private address, by name, by number or after a redirect", async () => {
    const server = await web((socket) =>
      socket.write(reply({ status: "302 Found", headers: ["Location: http://169.254.169.254/latest/"] })),
    );
    const through = await proxy();
    const client = open({ proxy: `http://127.0.0.1:${through.port}` });
    for (const url of ["http://private.test/", "http://2130706433/", `http://a.test:${server.port}/`]) {
      expect(await client.fetchImage(url)).toMatchObject({ outcome: "blocked_address" });
    }
    expect(through.asked).toHaveLength(1);
  });

  it("is told the name where it does the lookups, but addresses are checked all the same", async () => {
    const server = await web();
    const through = await proxy();
    const client = open({
      proxy: `http://127.0.0.1:${through.port}`,
      proxyLookup: "proxy",
      lookup: () => Promise.reject(new Error("nobody may ask")),
    });
    expect(await client.fetchImage(`http://a.test:${server.port}/`)).toMatchObject({ outcome: "ok" });
    expect(await client.fetchImage("http://127.1/")).toMatchObject({ outcome: "blocked_address" });
    expect(through.asked).toEqual([{ authority: `a.test:${server.port}`, credentials: undefined }]);
  });

  it("is left out for hosts that may be at private addresses", async () => {
    const server = await web();
    const through = await proxy();
    const client = open({ proxy: `http://127.0.0.1:${through.port}`, allowPrivate: ["127.0.0.1"] });
    expect(await client.fetchImage(server.origin)).toMatchObject({ outcome: "ok" });
    expect(through.asked).toEqual([]);
  });

  it("comes from the environment, unless NO_PROXY names the host", async () => {
    const server = await web();
    const through = await proxy();
    for (const name of ["http_proxy", "HTTP_PROXY"]) {
      vi.stubEnv(name, `http://127.0.0.1:${through.port}`);
      vi.stubEnv("no_proxy", "other.test, .direct.test");
      const client = open({ resolve: { "*.direct.test": "127.0.0.1" }, allowPrivate: ["*.direct.test"] });
      expect(await client.fetchImage(`http://a.test:${server.port}/`)).toMatchObject({ outcome: "ok" });
      expect(await client.fetchImage(`http://b.direct.test:${server.port}/`)).toMatchObject({
        outcome: "ok",
      });
      expect(through.asked.splice(0)).toHaveLength(1);
      vi.unstubAllEnvs();
    }
    vi.stubEnv("HTTP_PROXY", `http://127.0.0.1:1`);
    expect(await open({}).fetchImage("http://a.test/")).toMatchObject({ outcome: "connect" });
    const none = open({ proxy: "none", resolve: { "a.test": "127.0.0.1" }, allowPrivate: ["a.test"] });
    expect(await none.fetchImage(`http://a.test:${server.port}/`)).toMatchObject({ outcome: "ok" });
  });

  it.each<[string, string, number, (socket: Socket) => void]>([
    ["403", "connect", 1, (socket) => socket.end("HTTP/1.1 403 No\r\nContent-Length: 2\r\n\r\nNo")],
    ["407", "connect", 1, (socket) => socket.end("HTTP/1.1 407 Who\r\nContent-Length: 0\r\n\r\n")],
    ["502", "connect", 2, (socket) => socket.end("HTTP/1.1 502 Bad Gateway\r\n\r\n")],
    ["noise", "connect", 2, (socket) => socket.end("what?\r\n\r\n")],
    ["a hang-up", "connect", 2, (socket) => socket.destroy()],
    ["silence", "timeout", 2, () => undefined],
    [
      "endless headers",
      "connect",
      2,
      (socket) => {
        socket.write(`HTTP/1.1 200 OK\r\n${"X-A: b\r\n".repeat(100_000)}`);
      },
    ],
  ])("that answers with %s ends the row as %s", async (_name, outcome, attempts, refuse) => {
    const through = await proxy({ refuse });
    const client = open({ proxy: `http://127.0.0.1:${through.port}`, retries: 1, retryBaseMs: 1 });
    const result = await client.fetchImage("http://a.test/");
    expect(result).toMatchObject({ outcome, attempts, status: null });
  });

  it.each(["socks5://127.0.0.1:1080", "proxy.example", ""])("cannot be %j", (proxy) => {
    expect(() => plainClient({ proxy })).toThrow(
      expect.objectContaining({ code: "CONFIG_INVALID", message: "the proxy is no http or https URL" }),
    );
  });
});
