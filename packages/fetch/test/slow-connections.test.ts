import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";

import { describe, expect, it } from "vitest";

import { pem } from "./support/pem.js";
import { jpegLike } from "./support/pictures.js";
import { type RawServer, rawServer, reply } from "./support/raw-server.js";

const connections = 1_000;
const picture = jpegLike(160_000);

/** Downloads everything at the same time in a process of its own, and says how that went. */
const client = `
  import { createClient } from ${JSON.stringify(new URL("../dist/index.js", import.meta.url).href)};
  const { urls, options } = JSON.parse(process.argv[1]);
  const client = createClient(options);
  const outcomes = {};
  await Promise.all(urls.map(async (url) => {
    const { outcome, body } = await client.fetchImage(url);
    const what = outcome === "ok" ? outcome + " " + body.length : outcome;
    outcomes[what] = (outcomes[what] ?? 0) + 1;
  }));
  await client.close();
  await new Promise((resolve) => setTimeout(resolve, 200));
  const handles = process.getActiveResourcesInfo().filter((name) => /TCP|TLS|Timeout|Query/.test(name));
  console.log(JSON.stringify({ outcomes, handles, peakMegabytes: process.resourceUsage().maxRSS / 1_024 }));
`;

interface Report {
  outcomes: Record<string, number>;
  handles: string[];
  peakMegabytes: number;
}

async function download(urls: string[], options: object): Promise<Report> {
  // The sandbox's proxy, if any, has nothing to do with it.
  const argument = JSON.stringify({
    urls,
    options: {
      proxy: "none",
      robots: "ignore",
      tdmrep: "ignore",
      retries: 0,
      requestsPerSecondPerHost: 1_000_000,
      ...options,
    },
  });
  const child = spawn(process.execPath, ["--input-type=module", "--eval", client, argument], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let text = "";
  child.stdout.on("data", (chunk: Buffer) => (text += chunk.toString()));
  await once(child, "close");
  return JSON.parse(text) as Report;
}

/**
 * Sends a picture piece by piece, and tells how many connections were open at once.
 *
 * @param together how many requests have to be there before the first is answered
 */
async function slowServer(
  create: (listener: (socket: Socket) => void) => Server,
  piece: number,
  together: number,
): Promise<{ server: RawServer; most: () => number }> {
  const bytes = reply({ body: picture });
  const waiting: Socket[] = [];
  let requests = 0;
  let most = 0;
  const server = await rawServer((socket) => {
    requests++;
    most = Math.max(most, server.open());
    waiting.push(socket);
    if (requests >= together) for (const one of waiting.splice(0)) send(one);
  }, create);
  function send(socket: Socket): void {
    let at = 0;
    const timer = setInterval(() => {
      socket.write(bytes.subarray(at, at + piece));
      at += piece;
      if (at >= bytes.length) clearInterval(timer);
    }, 250);
    socket.on("close", () => {
      clearInterval(timer);
    });
  }
  return { server, most: () => most };
}

const patience = { dnsMs: 60_000, connectMs: 60_000, tlsMs: 60_000, headersMs: 60_000, stallMs: 60_000 };

describe("a thousand slow connections at the same time, in one process", () => {
  it.each([
    ["to a thousand hosts over HTTP", "http"],
    ["to one host over TLS", "https"],
  ])("take less than 600 MB %s", async (_name, scheme) => {
    const create =
      scheme === "http"
        ? createServer
        : (listener: (socket: Socket) => void) =>
            createTlsServer({ cert: pem("good.cert"), key: pem("good.key") }, listener);
    const { server, most } = await slowServer(create, 20_000, connections);
    const hosts = Array.from({ length: connections }, (_, n) =>
      scheme === "http" ? `h${n}.test` : "good.test",
    );
    const report = await download(
      hosts.map((host, n) => `${scheme}://${host}:${server.port}/${n}`),
      {
        ...patience,
        totalMs: 100_000,
        connectionsPerHost: connections,
        resolve: { "*.test": "127.0.0.1" },
        allowPrivate: ["*.test"],
        ca: [pem("ca.cert")],
      },
    );
    await server.close();
    expect(report.outcomes).toEqual({ [`ok ${picture.length}`]: connections });
    expect(report.handles).toEqual([]);
    expect(most()).toBe(connections);
    expect(report.peakMegabytes).toBeLessThan(600);
  });

  it("end in their deadlines where they drip byte by byte", async () => {
    const { server, most } = await slowServer(createServer, 1, 1);
    const report = await download(
      Array.from({ length: connections }, (_, n) => `http://h${n}.test:${server.port}/${n}`),
      { ...patience, totalMs: 4_000, resolve: { "*.test": "127.0.0.1" }, allowPrivate: ["*.test"] },
    );
    for (let n = 0; n < 40 && server.open() > 0; n++) await new Promise((resolve) => setTimeout(resolve, 25));
    expect(server.open()).toBe(0);
    await server.close();
    expect(report.outcomes).toEqual({ timeout: connections });
    expect(report.handles).toEqual([]);
    expect(most()).toBeGreaterThan(connections / 2);
    expect(report.peakMegabytes).toBeLessThan(600);
  });
});
