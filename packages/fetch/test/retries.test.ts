import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";

import type { FetchClient, FetchOptions } from "../src/index.js";
import { gif } from "./support/pictures.js";
import { plainClient } from "./support/plain-client.js";
import { rawServer, type RawServer, reply } from "./support/raw-server.js";

const now = Date.parse("2026-03-01T12:00:00Z");

let server: RawServer;
let answers: (Buffer | "reset")[];
let pauses: number[];

beforeAll(async () => {
  server = await rawServer((socket) => {
    const answer = (answers.length > 1 ? answers.shift() : answers[0]) ?? "reset";
    if (answer === "reset") socket.resetAndDestroy();
    else socket.write(answer);
  });
});

afterAll(() => server.close());

beforeEach(() => {
  pauses = [];
});

async function withClient<T>(
  use: (client: FetchClient) => Promise<T>,
  options: FetchOptions = {},
): Promise<T> {
  const client = plainClient({
    retries: 3,
    retryBaseMs: 100,
    maxRetryAfterMs: 60_000,
    allowPrivate: ["127.0.0.1"],
    now: () => now,
    random: () => 1,
    sleep: (ms) => {
      pauses.push(ms);
      return Promise.resolve();
    },
    ...options,
  });
  try {
    return await use(client);
  } finally {
    await client.close();
  }
}

// After a 429 or 503 the whole host waits, which politeness.test.ts looks at; what a row does by itself shows at others.
const busy = (retryAfter: string): Buffer =>
  reply({ status: "502 Bad Gateway", headers: [`Retry-After: ${retryAfter}`] });
const down = reply({ status: "502 Bad Gateway" });
const ok = reply({ body: gif });

describe("retries", () => {
  it("double the pause and give up after so many", async () => {
    answers = [down];
    const result = await withClient((client) => client.fetchImage(server.origin));
    expect(result).toMatchObject({ outcome: "http_5xx", status: 502, attempts: 4 });
    expect(pauses).toEqual([100, 200, 400]);
  });

  it("draw up to half of the pause by lot", async () => {
    answers = [down];
    await withClient((client) => client.fetchImage(server.origin), { random: () => 0 });
    expect(pauses).toEqual([50, 100, 200]);
  });

  it("recover", async () => {
    answers = ["reset", down, reply({ status: "408 Request Timeout" }), ok];
    const result = await withClient((client) => client.fetchImage(server.origin));
    expect(result).toMatchObject({
      outcome: "ok",
      status: 200,
      attempts: 4,
      detail: null,
      bytes: gif.length,
    });
  });

  it("forget what earlier attempts saw", async () => {
    const noted = reply({
      status: "500 Down",
      headers: ["X-Robots-Tag: noindex", "Content-Type: text/html"],
    });
    answers = [noted, "reset"];
    const result = await withClient((client) => client.fetchImage(server.origin));
    expect(result).toMatchObject({ outcome: "reset", status: null, contentType: null, robotsTag: null });
  });

  it.each([
    ["seconds", "7", 7_000],
    ["a date", "Sun, 01 Mar 2026 12:00:45 GMT", 45_000],
    ["less than the backoff", "0", 100],
    ["what cannot be read", "soon", 100],
    ["exactly the longest", "60", 60_000],
  ])("wait as Retry-After asks: %s", async (_name, header, pause) => {
    answers = [busy(header), ok];
    const result = await withClient((client) => client.fetchImage(server.origin));
    expect(result).toMatchObject({ outcome: "ok", attempts: 2 });
    expect(pauses).toEqual([pause]);
  });

  it("are not made where Retry-After asks for more than is waited for", async () => {
    answers = [busy("61"), ok];
    const result = await withClient((client) => client.fetchImage(server.origin));
    expect(result).toMatchObject({ outcome: "http_5xx", attempts: 1 });
    expect(pauses).toEqual([]);
  });

  it.each([
    ["404", reply({ status: "404 Not Found" })],
    ["an empty body", reply({})],
    ["HTML", reply({ body: "<html>" })],
    ["a redirect without Location", reply({ status: "302 Found" })],
    ["a reservation", reply({ body: gif, headers: ["X-Robots-Tag: noai"] })],
  ])("are not made for %s", async (_name, answer) => {
    answers = [answer];
    const result = await withClient((client) => client.fetchImage(server.origin));
    expect(result.attempts).toBe(1);
    expect(pauses).toEqual([]);
  });

  it("are made when DNS is disturbed, not when there is no such name", async () => {
    const lookup = (code: string): FetchOptions => ({
      lookup: () => Promise.reject(Object.assign(new Error(code), { code })),
    });
    const lost = await withClient((client) => client.fetchImage("http://a.test/"), lookup("ETIMEOUT"));
    expect(lost).toMatchObject({ outcome: "dns", attempts: 4, detail: "no address for a.test: ETIMEOUT" });
    const none = await withClient((client) => client.fetchImage("http://a.test/"), lookup("ENOTFOUND"));
    expect(none).toMatchObject({ outcome: "dns", attempts: 1, status: null });
  });

  it("stop at once when the signal aborts a pause", async () => {
    answers = [down];
    const controller = new AbortController();
    const options: FetchOptions = {
      sleep: (_ms, signal) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener("abort", () => {
            reject(new Error("woken"));
          });
          controller.abort(new Error("enough"));
        }),
    };
    const { signal } = controller;
    await expect(
      withClient((client) => client.fetchImage(server.origin, { signal }), options),
    ).rejects.toThrow("enough");
  });
});
