import { expect, it } from "vitest";

import { gif } from "./support/pictures.js";
import { plainClient } from "./support/plain-client.js";
import { rawServer, reply } from "./support/raw-server.js";

it("brings all of 100 pictures from a host that answers 80 requests a second and refuses the rest", async () => {
  let answered: number[] = [];
  const server = await rawServer((socket) => {
    const now = performance.now();
    answered = answered.filter((at) => now - at < 1_000);
    if (answered.length < 80) {
      answered.push(now);
      socket.write(reply({ body: gif }));
    } else socket.write(reply({ status: "429 Too Many Requests", headers: ["Retry-After: 1"] }));
  });
  const client = plainClient({
    proxy: "none",
    allowPrivate: ["127.0.0.1"],
    connectionsPerHost: 64,
    requestsPerSecondPerHost: 1_000,
  });
  const results = await Promise.all(
    Array.from({ length: 100 }, (_, n) => client.fetchImage(`${server.origin}/${n}`)),
  );
  await client.close();
  await server.close();
  expect(results.map(({ outcome }) => outcome)).toEqual(Array.from({ length: 100 }, () => "ok"));
});
