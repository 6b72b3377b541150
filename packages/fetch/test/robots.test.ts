import { afterEach, describe, expect, it } from "vitest";

import { createClient, type FetchClient, type FetchOptions } from "../src/index.js";
import { gif } from "./support/pictures.js";
import { rawServer, type RawServer, reply, type Serve } from "./support/raw-server.js";

const closing: { close: () => Promise<unknown> }[] = [];
afterEach(async () => {
  for (const one of closing.splice(0).reverse()) await one.close();
});

async function serve(
  robots: Buffer | Serve,
  others: Serve = (socket) => socket.write(reply({ body: gif })),
): Promise<RawServer> {
  const server = await rawServer((socket, request) => {
    if (request.path !== "/robots.txt") others(socket, request);
    else if (typeof robots === "function") robots(socket, request);
    else socket.write(robots);
  });
  closing.push(server);
  return server;
}

function open(options: FetchOptions = {}): FetchClient {
  const client = createClient({
    robots: "obey",
    tdmrep: "ignore",
    retries: 1,
    retryBaseMs: 10,
    requestsPerSecondPerHost: 1_000,
    headersMs: 1_000,
    allowPrivate: ["127.0.0.1", "*.test"],
    resolve: { "*.test": "127.0.0.1" },
    ...options,
  });
  closing.push(client);
  return client;
}

const rules = reply({ body: "User-agent: *\nDisallow: /private/\n" });

describe("robots.txt", () => {
  it("is asked for once an origin, however many rows wait, and obeyed", async () => {
    const server = await serve((socket) => setTimeout(() => socket.write(rules), 100));
    const client = open();
    const urls = Array.from(
      { length: 40 },
      (_, n) => `${server.origin}/${n % 2 === 0 ? "private" : "public"}/${n}`,
    );
    const results = await Promise.all(urls.map((url) => client.fetchImage(url)));
    expect(results.map(({ outcome }) => outcome)).toEqual(
      urls.map((_, n) => (n % 2 === 0 ? "robots" : "ok")),
    );
    expect(server.requests("/robots.txt")).toBe(1);
    expect(server.requests("/private/0")).toBe(0);
    expect(results[0]?.robotsTxt).toMatch(/^disallowed: line 2, Disallow: \/private\/, read \d{4}-/);
    expect(results[1]?.robotsTxt).toMatch(/^allowed: no rule, read /);
  });

  it("waits with one lane and one connection without getting stuck", async () => {
    const server = await serve(rules);
    const client = open({ concurrency: 1, connectionsPerHost: 1 });
    const started: Promise<unknown>[] = [];
    await new Promise<void>((resolve) => {
      for (let n = 0; n < 5; n += 1) {
        client.turns.queue("127.0.0.1", (turn) => {
          started.push(
            client.fetchImage(`${server.origin}/${n}`, { turn }).finally(() => {
              turn.rest();
              if (started.length === 5) resolve();
            }),
          );
        });
      }
    });
    expect(await Promise.all(started)).toMatchObject(Array.from({ length: 5 }, () => ({ outcome: "ok" })));
  });

  it.each([
    ["404", reply({ status: "404 Not Found" }), "ok", /no robots.txt/],
    ["403", reply({ status: "403 Forbidden" }), "ok", /no robots.txt/],
    ["204", reply({ status: "204 No Content", length: false }), "ok", /no rule/],
    ["500", reply({ status: "500 Oops" }), "robots", /could not be read/],
    ["a broken body", reply({ body: "User-", length: 100 }), "robots", /could not be read/],
    ["a redirect to nowhere", reply({ status: "302 Found" }), "ok", /no robots.txt/],
  ])("that answers %s", async (_name, answer, outcome, said) => {
    const server = await serve((socket) => socket.end(answer));
    const result = await open().fetchImage(`${server.origin}/a`);
    expect(result.outcome).toBe(outcome);
    expect(result.robotsTxt).toMatch(said);
  });

  it("is found behind five redirects", async () => {
    const hop: Serve = (socket, { path }) => {
      const step = Number(/\d+/.exec(path)?.[0] ?? 0);
      if (path.startsWith("/private")) socket.write(reply({ body: gif }));
      else if (step === 5) socket.write(rules);
      else socket.write(reply({ status: "301 Moved", headers: [`Location: /robots-${step + 1}`] }));
    };
    const server = await serve(hop, hop);
    expect(await open({ maxRedirects: 2 }).fetchImage(`${server.origin}/private/a`)).toMatchObject({
      outcome: "robots",
    });
  });

  it("is asked of a redirect's origin too", async () => {
    const target = await serve(rules);
    const server = await serve(reply({ status: "404 None" }), (socket) => {
      socket.write(
        reply({ status: "302 Found", headers: [`Location: http://b.test:${target.port}/private/x`] }),
      );
    });
    expect(await open().fetchImage(`${server.origin}/a`)).toMatchObject({ outcome: "robots", redirects: 1 });
    expect(target.requests("/private/x")).toBe(0);
  });

  it("gives the row the outcome with which the origin itself cannot be reached", async () => {
    const none = { lookup: () => Promise.reject(Object.assign(new Error("none"), { code: "ENOTFOUND" })) };
    expect(await open(none).fetchImage("http://nowhere.example/a")).toMatchObject({ outcome: "dns" });
    expect(await open().fetchImage("http://127.0.0.1:1/a")).toMatchObject({ outcome: "connect" });
    const silent = await serve(() => undefined);
    expect(await open({ headersMs: 100 }).fetchImage(`${silent.origin}/a`)).toMatchObject({
      outcome: "timeout",
    });
    expect(silent.requests("/a")).toBe(0);
  });

  it("is recorded and not obeyed, or not asked for, where that is asked", async () => {
    const server = await serve(rules);
    const recorded = await open({ robots: "record" }).fetchImage(`${server.origin}/private/a`);
    expect(recorded).toMatchObject({ outcome: "ok" });
    expect(recorded.robotsTxt).toMatch(/^disallowed/);
    const asked = server.requests("/robots.txt");
    expect(await open({ robots: "ignore" }).fetchImage(`${server.origin}/private/a`)).toMatchObject({
      outcome: "ok",
      robotsTxt: null,
    });
    expect(server.requests("/robots.txt")).toBe(asked);
  });
});
