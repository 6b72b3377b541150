import { afterEach, describe, expect, it } from "vitest";

import { createClient, type FetchClient, type FetchOptions } from "../src/index.js";
import { gif } from "./support/pictures.js";
import { flood, rawServer, type RawServer, reply, type Serve } from "./support/raw-server.js";

const closing: { close: () => Promise<unknown> }[] = [];
afterEach(async () => {
  for (const one of closing.splice(0).reverse()) await one.close();
});

const file = "/.well-known/tdmrep.json";

async function serve(tdmrep: Buffer | Serve, picture: Buffer = reply({ body: gif })): Promise<RawServer> {
  const server = await rawServer((socket, request) => {
    if (request.path !== file && request.path !== "/moved.json") socket.write(picture);
    else if (typeof tdmrep === "function") tdmrep(socket, request);
    else socket.write(tdmrep);
  });
  closing.push(server);
  return server;
}

function open(options: FetchOptions = {}): FetchClient {
  const client = createClient({
    proxy: "none",
    robots: "ignore",
    tdmrep: "obey",
    retries: 1,
    retryBaseMs: 10,
    requestsPerSecondPerHost: 1_000,
    headersMs: 300,
    allowPrivate: ["127.0.0.1"],
    ...options,
  });
  closing.push(client);
  return client;
}

const policy = "https://a.example/policy";
const rules = reply({
  body: JSON.stringify([
    { location: "/free/", "tdm-reservation": 0 },
    { location: "/*.gif$", "tdm-reservation": 1, "tdm-policy": policy },
    { location: "/free/late/", "tdm-reservation": 1 },
  ]),
});

describe("tdmrep.json", () => {
  it("is asked for once an origin, and its first rule that fits decides", async () => {
    const server = await serve((socket) => setTimeout(() => socket.write(rules), 50));
    const client = open();
    const paths = ["/a.gif", "/a.gif?x", "/free/late/a.gif", "/b"];
    const results = await Promise.all(paths.map((path) => client.fetchImage(`${server.origin}${path}`)));
    expect(results.map(({ outcome }) => outcome)).toEqual(["opted_out", "ok", "ok", "ok"]);
    expect(results.map(({ tdmrep }) => tdmrep?.replace(/, read \d{4}-.*/, "") ?? null)).toEqual([
      `reserved: location /*.gif$, tdm-policy: ${policy}`,
      null,
      "not reserved: location /free/",
      null,
    ]);
    expect(results[0]).toMatchObject({
      body: null,
      detail: expect.stringContaining("tdmrep.json") as string,
    });
    expect(server.requests(file)).toBe(1);
  });

  it.each([
    ["no JSON", reply({ body: '[{"location": "/", "tdm-reser' })],
    ["no list", reply({ body: '{"location": "/", "tdm-reservation": 1}' })],
    ["no rules", reply({ body: '[1, null, {"location": 1, "tdm-reservation": 1}, {"location": "/"}]' })],
    ["a picture", reply({ body: gif })],
    ["404", reply({ status: "404 None" })],
    ["500", reply({ status: "500 Oops" })],
    ["429", reply({ status: "429 Slow down" })],
    ["a cut body", reply({ body: "[", length: 100 })],
    ["nothing", (): void => undefined],
    ["a redirect to itself", reply({ status: "302 Found", headers: [`Location: ${file}`] })],
  ] satisfies [string, Buffer | Serve][])(
    "says nothing and fails no row where it is %s",
    async (_, answer) => {
      const server = await serve(
        typeof answer === "function"
          ? answer
          : (socket) => {
              socket.end(answer);
            },
      );
      const client = open();
      for (const path of ["/a.gif", "/b.gif"])
        expect(await client.fetchImage(`${server.origin}${path}`)).toMatchObject({
          outcome: "ok",
          tdmrep: null,
        });
      // Not again for the second row, and not again after a failure.
      expect(server.requests(file)).toBe(1);
    },
  );

  it("says nothing where it never ends", async () => {
    const server = await serve((socket) => {
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      flood(socket, " ".repeat(65_536));
    });
    expect(await open().fetchImage(`${server.origin}/a.gif`)).toMatchObject({ outcome: "ok" });
  });

  it("is found behind a redirect", async () => {
    const server = await serve((socket, { path }) => {
      socket.write(
        path === file ? reply({ status: "301 Moved", headers: ["Location: /moved.json"] }) : rules,
      );
    });
    expect(await open().fetchImage(`${server.origin}/a.gif`)).toMatchObject({ outcome: "opted_out" });
  });

  it("is not asked for where the picture's header says it, or no picture came", async () => {
    const said = await serve(rules, reply({ headers: ["tdm-reservation: 0"], body: gif }));
    expect(await open().fetchImage(`${said.origin}/a.gif`)).toMatchObject({ outcome: "ok", tdmrep: null });
    const none = await serve(rules, reply({ status: "404 None" }));
    expect(await open().fetchImage(`${none.origin}/a.gif`)).toMatchObject({ outcome: "http_4xx" });
    expect([said.requests(file), none.requests(file)]).toEqual([0, 0]);
  });

  it("does not get stuck with one lane and one connection", async () => {
    const server = await serve(rules);
    const client = open({ concurrency: 1, connectionsPerHost: 1 });
    const urls = ["/1", "/2", "/3"].map((path) => `${server.origin}${path}`);
    expect(await Promise.all(urls.map((url) => client.fetchImage(url)))).toMatchObject(
      urls.map(() => ({ outcome: "ok" })),
    );
  });

  it("is recorded and not obeyed, or not asked for, where that is asked", async () => {
    const server = await serve(rules);
    const recorded = await open({ tdmrep: "record" }).fetchImage(`${server.origin}/a.gif`);
    expect(recorded).toMatchObject({ outcome: "ok" });
    expect(recorded.tdmrep).toMatch(/^reserved/);
    await open({ tdmrep: "ignore" }).fetchImage(`${server.origin}/a.gif`);
    expect(server.requests(file)).toBe(1);
  });
});
