import { createServer as createTcpServer, type Server, type Socket } from "node:net";
import { createSecureContext, createServer, type SecureContext } from "node:tls";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { createClient, type FetchClient, type FetchOptions } from "../src/index.js";
import { pem } from "./support/pem.js";
import { gif } from "./support/pictures.js";
import { flood, rawServer, type RawServer, reply } from "./support/raw-server.js";

const context = (name: string): SecureContext =>
  createSecureContext({ cert: pem(`${name}.cert`), key: pem(`${name}.key`) });
const contexts = new Map(["good", "expired", "wrong", "self"].map((name) => [`${name}.test`, context(name)]));

const options: FetchOptions = {
  tlsMs: 400,
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
  client = createClient(options);
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
    const stranger = createClient({ ...options, ca: [] });
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

  it("does not speak versions before 1.2", async () => {
    const versions = { minVersion: "TLSv1", maxVersion: "TLSv1.1", ciphers: "ALL:@SECLEVEL=0" };
    const old = await rawServer((socket) => socket.write(reply({ body: gif })), tlsServer(versions));
    const result = await client.fetchImage(`https://good.test:${old.port}/`);
    await old.close();
    expect(result).toMatchObject({ outcome: "tls" });
  });
});
