import { afterEach, describe, expect, it } from "vitest";

import type { FetchClient } from "../src/index.js";
import { gif } from "./support/pictures.js";
import { plainClient } from "./support/plain-client.js";
import { rawServer, type RawServer, reply } from "./support/raw-server.js";

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** Answers /old with a redirect to /new, and /new with 304 to whoever knows its ETag; notes the conditions it saw. */
async function serve(seen: string[]): Promise<RawServer> {
  const server = await rawServer((socket, { head }) => {
    const path = head.split(" ")[1] ?? "";
    const condition = /if-none-match: (\S+)/.exec(head)?.[1] ?? "none";
    seen.push(`${path} ${condition}`);
    if (path === "/old") socket.write(reply({ status: "302 Found", headers: ["Location: /new"] }));
    else if (condition === '"v1"') socket.write("HTTP/1.1 304 Not Modified\r\n\r\n");
    else
      socket.write(
        reply({ headers: [`ETag: "v2"`, "Last-Modified: Tue, 01 Jan 2019 00:00:00 GMT"], body: gif }),
      );
  });
  closing.push(server.close);
  return server;
}

function open(): FetchClient {
  const client = plainClient({ retries: 0, allowPrivate: ["127.0.0.1"] });
  closing.push(client.close);
  return client;
}

describe("a download with validators", () => {
  it("is ok and unchanged, without a body, where the server says 304; only the URL they are of is told them", async () => {
    const seen: string[] = [];
    const { port } = await serve(seen);
    const base = `http://127.0.0.1:${port}`;
    const validators = { url: `${base}/new`, etag: '"v1"', lastModified: null };
    const result = await open().fetchImage(`${base}/old`, { validators });
    expect(result).toMatchObject({ outcome: "ok", unchanged: true, body: null, status: 304 });
    expect(seen).toEqual(["/old none", '/new "v1"']);
  });

  it("brings the new body and its validators where the picture has changed", async () => {
    const { port } = await serve([]);
    const url = `http://127.0.0.1:${port}/new`;
    const result = await open().fetchImage(url, { validators: { url, etag: '"v0"', lastModified: null } });
    expect(result).toMatchObject({
      outcome: "ok",
      unchanged: false,
      etag: '"v2"',
      lastModified: "Tue, 01 Jan 2019 00:00:00 GMT",
    });
    expect(result.body).toEqual(gif);
  });

  it("takes a 304 that nobody asked for as the failure that it is", async () => {
    const server = await rawServer((socket) => socket.write("HTTP/1.1 304 Not Modified\r\n\r\n"));
    closing.push(server.close);
    const result = await open().fetchImage(`http://127.0.0.1:${server.port}/`);
    expect(result).toMatchObject({ outcome: "http_3xx", unchanged: false });
  });
});
