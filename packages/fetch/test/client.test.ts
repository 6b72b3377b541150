import { connect } from "node:net";
import { setTimeout as wait } from "node:timers/promises";

import { afterEach, describe, expect, it } from "vitest";

import { createClient, type FetchClient, type FetchOptions } from "../src/index.js";
import { gif } from "./support/pictures.js";
import { plainClient } from "./support/plain-client.js";
import { rawServer, type RawServer, reply, type Serve } from "./support/raw-server.js";

const closing: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function serve(behaviour: Serve): Promise<RawServer> {
  const server = await rawServer(behaviour);
  closing.push(server.close);
  return server;
}

function open(options: FetchOptions = {}): FetchClient {
  const client = plainClient({ retries: 0, allowPrivate: ["127.0.0.1"], ...options });
  closing.push(client.close);
  return client;
}

const answer: Serve = (socket) => socket.write(reply({ body: gif }));
const silence: Serve = () => undefined;

/** Handles of sockets and timers that keep this process alive. */
function handles(): string[] {
  return process.getActiveResourcesInfo().filter((name) => /TCP|TLS|Timeout|GetAddr|Query/.test(name));
}

describe("a client", () => {
  it("asks with its own name and for nothing special", async () => {
    let head = "";
    const server = await serve((socket, request) => {
      head = request.head;
      socket.write(reply({ body: gif }));
    });
    await open({ userAgent: "Test/1 (+https://e)" }).fetchImage(
      `http://user:secret@127.0.0.1:${server.port}/a?b#c`,
    );
    expect(head.split("\r\n").sort()).toEqual([
      "GET /a?b HTTP/1.1",
      "accept-encoding: identity",
      "accept: image/*,*/*;q=0.8",
      "connection: keep-alive",
      `host: 127.0.0.1:${server.port}`,
      "user-agent: Test/1 (+https://e)",
    ]);
  });

  it.each<[FetchOptions, RegExp]>([
    [{}, /^Leyenda\/\d+\.\d+\.\d+ \(image dataset builder\)$/],
    [{ contact: "https://example.org/bot" }, /^Leyenda\/\d+\.\d+\.\d+ \(\+https:\/\/example\.org\/bot\)$/],
    [{ contact: "mailto:me@example.org", userAgent: "Mine/2" }, /^Mine\/2 \(\+mailto:me@example\.org\)$/],
  ])("says who it is and where to complain: %j", async (options, expected) => {
    let head = "";
    const server = await serve((socket, request) => {
      head = request.head;
      socket.write(reply({ body: gif }));
    });
    await open(options).fetchImage(server.origin);
    expect(/^user-agent: (.*?)\r?$/m.exec(head)?.[1]).toMatch(expected);
  });

  it.each([
    "me@example.org",
    "ftp://example.org/",
    "https://e.org/a b",
    "mailto:nobody",
    "https://e.org/)\r\nx: y",
  ])("takes no %j for a contact", (contact) => {
    expect(() => createClient({ contact })).toThrow(
      expect.objectContaining({
        code: "CONFIG_INVALID",
        message: expect.stringContaining("no contact") as string,
      }),
    );
  });

  it("obeys robots.txt and tdmrep.json unless it is told otherwise", async () => {
    const server = await serve((socket, { path }) => {
      const body =
        path === "/robots.txt"
          ? "User-agent: *\nDisallow: /private/\n"
          : path === "/.well-known/tdmrep.json"
            ? '[{ "location": "/reserved/", "tdm-reservation": 1 }]'
            : gif;
      socket.write(reply({ body: Buffer.from(body) }));
    });
    const client = createClient({ retries: 0, allowPrivate: ["127.0.0.1"] });
    closing.push(client.close);
    const outcomes = ["private", "reserved", "public"].map(
      async (folder) => (await client.fetchImage(`${server.origin}/${folder}/a.gif`)).outcome,
    );
    expect(await Promise.all(outcomes)).toEqual(["robots", "opted_out", "ok"]);
  });

  it.each(["", "not a URL", "file:///etc/passwd", "http://"])("says bad_url to %j", async (url) => {
    const result = await open().fetchImage(url);
    expect(result).toMatchObject({
      outcome: "bad_url",
      status: null,
      finalUrl: null,
      attempts: 0,
      body: null,
    });
  });

  it("uses connections again", async () => {
    const server = await serve((socket, { path }) => {
      socket.write(
        path === "/none" ? reply({ status: "404 Not Found", body: "no such thing" }) : reply({ body: gif }),
      );
    });
    const client = open();
    for (const path of ["/1", "/none", "/2", "/none", "/3"]) await client.fetchImage(server.origin + path);
    expect(server.connections()).toBe(1);
  });

  it("keeps to connectionsPerHost, and waiting for a turn costs no deadline", async () => {
    let most = 0;
    let running = 0;
    const server = await serve((socket) => {
      running++;
      most = Math.max(most, running);
      setTimeout(() => {
        running--;
        socket.write(reply({ body: gif }));
      }, 100);
    });
    const client = open({ connectionsPerHost: 2, totalMs: 500 });
    const results = await Promise.all(Array.from({ length: 16 }, () => client.fetchImage(server.origin)));
    expect(results.map(({ outcome }) => outcome)).toEqual(Array.from({ length: 16 }, () => "ok"));
    expect(most).toBe(2);
  });

  it("gives the turn of an aborted download to nobody who has one", async () => {
    const server = await serve(silence);
    const client = open({ connectionsPerHost: 1, totalMs: 300, headersMs: 300 });
    const first = client.fetchImage(server.origin);
    const aborted = client.fetchImage(server.origin, { signal: AbortSignal.timeout(50) });
    const third = client.fetchImage(server.origin);
    await expect(aborted).rejects.toThrow("timeout");
    await expect(first).resolves.toMatchObject({ outcome: "timeout" });
    expect(server.requests("/")).toBeLessThanOrEqual(2);
    await expect(third).resolves.toMatchObject({ outcome: "timeout" });
    expect(server.requests("/")).toBe(2);
  });

  it("closes the idle connections of origins that were not used for long", async () => {
    let connected = 0;
    const server = await serve((socket) => {
      if (socket.listenerCount("end") < 2) socket.on("end", () => connected--);
      socket.write(reply({ body: gif }));
    });
    const client = open({ maxIdleOrigins: 2, resolve: { "*.test": "127.0.0.1" }, allowPrivate: ["*.test"] });
    for (let n = 0; n < 8; n++) {
      connected++;
      await client.fetchImage(`http://h${n}.test:${server.port}/`);
    }
    await wait(100);
    expect(connected).toBeLessThanOrEqual(2);
  });

  it("throws the signal's reason, before, in a wait and in the middle", async () => {
    const server = await serve(silence);
    const client = open({ connectionsPerHost: 1 });
    const reason = new Error("enough");
    await expect(client.fetchImage(server.origin, { signal: AbortSignal.abort(reason) })).rejects.toBe(
      reason,
    );
    const controller = new AbortController();
    const both = [1, 2].map(() => client.fetchImage(server.origin, { signal: controller.signal }));
    await wait(50);
    controller.abort(reason);
    for (const download of both) await expect(download).rejects.toBe(reason);
  });

  it("lets an injected connect decide where everything goes, https too", async () => {
    const server = await serve((socket, { head }) => {
      socket.write(
        reply({
          status: "302 Found",
          headers: [`Location: ${head.includes("secure") ? "http" : "https"}://b/`],
        }),
      );
    });
    const targets: unknown[] = [];
    const client = open({
      maxRedirects: 1,
      connect: (target) => {
        targets.push(target);
        return connect(server.port, "127.0.0.1");
      },
    });
    const result = await client.fetchImage("https://secure.example/a.jpg");
    expect(result).toMatchObject({ outcome: "redirect_loop", redirects: 1, finalUrl: "http://b/" });
    expect(targets).toEqual([
      { protocol: "https:", hostname: "secure.example", port: 443 },
      { protocol: "http:", hostname: "b", port: 80 },
    ]);
  });

  it("ends a connection that an injected connect never makes", async () => {
    const client = open({ connectMs: 100, connect: () => new Promise(() => undefined) });
    expect(await client.fetchImage("http://a.example/")).toMatchObject({
      outcome: "timeout",
      detail: "no end of the connection within 100 ms",
    });
  });

  it("ends a name lookup that never answers", async () => {
    const client = open({ dnsMs: 100, lookup: () => new Promise(() => undefined) });
    expect(await client.fetchImage("http://a.example/")).toMatchObject({
      outcome: "dns",
      detail: "no end of the name lookup within 100 ms",
    });
  });

  it("connects to the addresses that were checked, and looks up once", async () => {
    const server = await serve(answer);
    let lookups = 0;
    const client = open({
      allowPrivate: [],
      lookup: () => {
        lookups++;
        // A name that turns private on the second question.
        return Promise.resolve([lookups === 1 ? "192.0.2.1" : "127.0.0.1"]);
      },
    });
    const first = await client.fetchImage(`http://rebind.example:${server.port}/`);
    expect(first).toMatchObject({ outcome: "blocked_address" });
    expect(lookups).toBe(1);
    expect(server.connections()).toBe(0);
  });

  it("never connects to the private ones of several addresses", async () => {
    const server = await serve(answer);
    const lookup = (): Promise<string[]> => Promise.resolve(["127.0.0.1", "::1", "10.0.0.1"]);
    const client = open({ allowPrivate: [], lookup });
    const result = await client.fetchImage(`http://mixed.example:${server.port}/`);
    expect(result).toMatchObject({
      outcome: "blocked_address",
      detail: "mixed.example is at 127.0.0.1, ::1, 10.0.0.1, which is not public",
    });
    expect(server.connections()).toBe(0);
  });

  it("tries the next address when one does not answer", async () => {
    const server = await serve(answer);
    const lookup = (): Promise<string[]> => Promise.resolve(["127.0.0.2", "127.0.0.1"]);
    const client = open({ allowPrivate: ["two.example"], lookup });
    // Nothing listens on 127.0.0.2, since the server is bound to 127.0.0.1.
    expect(await client.fetchImage(`http://two.example:${server.port}/`)).toMatchObject({ outcome: "ok" });
  });

  it("ends what runs when it is closed, and leaves no handle behind", async () => {
    const server = await rawServer((socket, { path }) => {
      if (path === "/ok") socket.write(reply({ body: gif }));
    });
    const client = plainClient({
      retries: 5,
      allowPrivate: ["*"],
      lookup: (name) =>
        name === "stuck.test" ? new Promise(() => undefined) : Promise.resolve(["127.0.0.1"]),
    });
    await Promise.all(Array.from({ length: 8 }, () => client.fetchImage(`${server.origin}/ok`)));
    const stuck = [
      ...["/a", "/b", "/c", "/d", "/e", "/f", "/g", "/h"].map((path) =>
        client.fetchImage(server.origin + path),
      ),
      client.fetchImage("http://stuck.test/"),
      client.fetchImage(`http://other.test:${server.port}/`),
      // Closed port: pauses between its retries.
      client.fetchImage("http://127.0.0.1:1/"),
    ];
    const ends = Promise.allSettled(stuck);
    await wait(100);
    await client.close();
    for (const end of await ends) expect(end).toMatchObject({ status: "rejected" });
    await expect(client.fetchImage(`${server.origin}/ok`)).rejects.toThrow("closed client");
    await client.close();
    await server.close();
    // Well under the deadlines that would end forgotten connections by themselves.
    for (let n = 0; n < 20 && handles().length > 0; n++) await wait(50);
    expect(handles()).toEqual([]);
  });

  it.each([
    [{ totalMs: 0 }, "totalMs is 0"],
    [{ retries: -1 }, "retries is -1"],
    [{ maxBytes: 1.5 }, "maxBytes is 1.5"],
    [{ connectMs: 2 ** 31 }, "connectMs is 2147483648"],
    [{ resolve: { a: "b" } }, '"b" is not an IP address'],
  ])("refuses %j", (options, message) => {
    expect(() => plainClient(options)).toThrow(expect.objectContaining({ code: "CONFIG_INVALID", message }));
  });
});
