import { createServer as createTcpServer, type Server, type Socket } from "node:net";
import { createSecureContext, createServer, type SecureContext } from "node:tls";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import type { FetchClient, FetchOptions } from "../src/index.js";
import { pem } from "./support/pem.js";
import { gif } from "./support/pictures.js";
import { plainClient } from "./support/plain-client.js";
import { flood, rawServer, type RawServer, reply } from "./support/raw-server.js";

const context = (name: string): SecureContext =>
  createSecureContext({ cert: pem(`${name}.cert`), key: pem(`${name}.key`) });
const contexts = new Map(["good", "expired", "wrong", "self"].map((name) => [`${name}.test`, context(name)]));

const options: FetchOptions = {
  tlsMs: 1_500,
  retries: 1,
  retryBaseMs: 1,
  resolve: { "*.test": "127.0.0.1" },
  allowPrivate: ["*.test", "127.0.0.1"],
  ca: [pem("ca.cert")],
};

const tlsServer =
  (versions: object = {}) =>
  (listener: (socket: Socket) => void): Server =>
    createServer(
      {
        cert: pem("good.cert"),
        key: pem("good.key"),
        SNICallback: (name, callback) => {
          callback(null, contexts.get(name));
        },
        ...versions,
      },
      listener,
    );

let server: RawServer;
let client: FetchClient;

beforeAll(async () => {
  server = await rawServer((socket) => socket.write(reply({ body: gif })), tlsServer());
  client = plainClient(options);
});

afterAll(async () => {
  await client.close();
  await server.close();
});

describe("TLS", () => {
  it.each(["good.test", "127.0.0.1"])("fetches from %s, whose certificate fits", async (host) => {
    expect(await client.fetchImage(`https://${host}:${server.port}/`)).toMatchObject({
      outcome: "ok",
      attempts: 1,
    });
  });

  it.each([
    ["expired.test", "CERT_HAS_EXPIRED"],
    ["wrong.test", "ERR_TLS_CERT_ALTNAME_INVALID"],
    ["self.test", "DEPTH_ZERO_SELF_SIGNED_CERT"],
  ])("refuses %s with %s, every time, and does not try again", async (host, code) => {
    for (let n = 0; n < 3; n++) {
      const result = await client.fetchImage(`https://${host}:${server.port}/`);
      expect(result).toMatchObject({ outcome: "tls", status: null, attempts: 1 });
      expect(result.detail).toBe(`${host}:${server.port}: certificate refused: ${code}`);
    }
  });

  it("refuses a certificate in TLS 1.2 too, every time", async () => {
    const old = await rawServer(
      (socket) => socket.write(reply({ body: gif })),
      tlsServer({ maxVersion: "TLSv1.2" }),
    );
    for (let n = 0; n < 3; n++) {
      const result = await client.fetchImage(`https://wrong.test:${old.port}/`);
      expect(result).toMatchObject({ outcome: "tls", attempts: 1 });
    }
    await old.close();
  });

  it("trusts no authority that it was not told of", async () => {
    const stranger = plainClient({ ...options, ca: [] });
    const result = await stranger.fetchImage(`https://good.test:${server.port}/`);
    await stranger.close();
    expect(result).toMatchObject({ outcome: "tls", attempts: 1 });
  });

  it.each<[string, string, (socket: Socket) => void]>([
    ["plain HTTP", "tls", (socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n")],
    ["a hang-up", "tls", (socket) => socket.once("data", () => socket.destroy())],
    ["a reset", "tls", (socket) => socket.once("data", () => socket.resetAndDestroy())],
    [
      "endless noise",
      "tls",
      (socket) => {
        flood(socket, "x".repeat(10_000));
      },
    ],
    ["silence", "timeout", (socket) => socket.resume()],
  ])("ends a handshake that meets %s as %s", async (_name, outcome, behave) => {
    const other = await rawServer(
      () => undefined,
      (listener) =>
        createTcpServer((socket) => {
          listener(socket);
          behave(socket);
        }),
    );
    const result = await client.fetchImage(`https://good.test:${other.port}/`);
    await other.close();
    expect(result).toMatchObject({ outcome, attempts: 2, status: null });
  });

  it("refuses a certificate for another address", async () => {
    const stranger = plainClient({ ...options, resolve: { "127.0.0.2": "127.0.0.1" }, allowPrivate: ["*"] });
    const result = await stranger.fetchImage(`https://127.0.0.2:${server.port}/`);
    await stranger.close();
    expect(result).toMatchObject({ outcome: "tls", attempts: 1 });
    expect(result.detail).toContain("ERR_TLS_CERT_ALTNAME_INVALID");
  });

  it.each<[string, string, (tcp: Socket) => void]>([
    ["a reset after the server's first flight", "tls", (tcp) => tcp.resetAndDestroy()],
    ["a hang-up after the server's first flight", "tls", (tcp) => tcp.destroy()],
    ["noise after the server's first flight", "tls", (tcp) => tcp.write("x".repeat(10_000))],
    ["silence after the server's first byte", "timeout", () => undefined],
  ])("ends a handshake that meets %s as %s", async (_name, outcome, misbehave) => {
    const other = await rawServer(
      () => undefined,
      (listener) =>
        createTcpServer((socket) => {
          listener(socket);
          socket.once("data", () => {
            // A handshake record, and the ServerHello that it announces never comes whole.
            socket.write(Buffer.from([22, 3, 3, 0, 122, 2, 0, 0, 118, 3, 3]), () => {
              misbehave(socket);
            });
          });
        }),
    );
    const result = await client.fetchImage(`https://good.test:${other.port}/`);
    await other.close();
    expect(result).toMatchObject({ outcome, status: null });
  });

  it.each<[string, string, (tcp: Socket, tls: Socket) => void]>([
    ["a hang-up", "reset", (_tcp, tls) => tls.end()],
    ["a reset", "reset", (tcp) => tcp.resetAndDestroy()],
  ])("ends an answer that is %s below TLS as %s", async (_name, outcome, misbehave) => {
    const below = new Map<number | undefined, Socket>();
    const other = await rawServer(
      (socket) => {
        misbehave(below.get(socket.remotePort) ?? socket, socket);
      },
      (listener) => tlsServer()(listener).on("connection", (tcp: Socket) => below.set(tcp.remotePort, tcp)),
    );
    const result = await client.fetchImage(`https://good.test:${other.port}/`);
    await other.close();
    expect(result).toMatchObject({ outcome, status: null });
  });

  it("does not speak versions before 1.2", async () => {
    const versions = { minVersion: "TLSv1", maxVersion: "TLSv1.1", ciphers: "ALL:@SECLEVEL=0" };
    const old = await rawServer((socket) => socket.write(reply({ body: gif })), tlsServer(versions));
    const result = await client.fetchImage(`https://good.test:${old.port}/`);
    await old.close();
    expect(result).toMatchObject({ outcome: "tls" });
  });
});
