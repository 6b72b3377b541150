import { expect, it } from "vitest";

import { gif } from "./support/pictures.js";
import { plainClient } from "./support/plain-client.js";
import { rawServer, reply } from "./support/raw-server.js";

// A host that answers 80 requests a second and refuses the rest is in rate-limited-host.test.ts.

it("waits for a Retry-After once, all rows of the host together, and asks nothing meanwhile", async () => {
  const asked: number[] = [];
  let refused: number | undefined;
  const server = await rawServer((socket) => {
    const now = performance.now();
    asked.push(now);
    if (refused === undefined) {
      refused = now;
      socket.write(reply({ status: "429 Too Many Requests", headers: ["Retry-After: 1"] }));
    } else socket.write(reply({ body: gif }));
  });
  const client = plainClient({
    proxy: "none",
    allowPrivate: ["127.0.0.1"],
    connectionsPerHost: 1,
    requestsPerSecondPerHost: 1_000,
  });
  const urls = Array.from({ length: 8 }, (_, n) => `${server.origin}/${n}`);
  const results = await Promise.all(urls.map((url) => client.fetchImage(url)));
  await client.close();
  await server.close();
  expect(results.map(({ outcome }) => outcome)).toEqual(urls.map(() => "ok"));
  // One row asked twice, the others once: they had waited with it.
  expect(results.map(({ attempts }) => attempts).sort()).toEqual([1, 1, 1, 1, 1, 1, 1, 2]);
  expect(asked).toHaveLength(9);
  // Timers may be a millisecond early by the other clock.
  expect(Math.min(...asked.slice(1)) - (refused ?? 0)).toBeGreaterThan(995);
});
