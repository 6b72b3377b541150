import { once } from "node:events";
import { createServer, request, type IncomingMessage, type ServerResponse } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

/** What a proxy does to a store's requests. */
export type Fault =
  | { kind: "none" }
  /** Answers with a status instead of asking the store. */
  | { kind: "status"; status: 500 | 503 }
  /** Passes each request on only after a while. */
  | { kind: "slow"; ms: number }
  /** Breaks the body of each object, or range of one, off halfway when it is first asked for. */
  | { kind: "cut" }
  /** Behaves like a store that ignores conditions: what exists already "was created". */
  | { kind: "unconditional" };

export interface FaultyProxy {
  endpoint: string;
  fault: Fault;
  /** Requests so far; those of them that stores charge more for, since they write or list; and those not simply passed on. */
  requests: number;
  writes: number;
  faults: number;
  close: () => Promise<void>;
}

/** Starts a proxy before an HTTP server of this machine, whose faults can be switched at any time. */
export async function startFaultyProxy(target: { port: number }): Promise<FaultyProxy> {
  const server = createServer((incoming, outgoing) => {
    handle(incoming, outgoing).catch(() => outgoing.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the proxy has no port");
  const proxy: FaultyProxy = {
    endpoint: `http://127.0.0.1:${address.port}`,
    fault: { kind: "none" },
    requests: 0,
    writes: 0,
    faults: 0,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
  /** What was broken off. */
  const cut = new Set<string>();
  return proxy;

  async function handle(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const { fault } = proxy;
    proxy.requests += 1;
    if (incoming.method !== "GET" && incoming.method !== "HEAD") proxy.writes += 1;
    else if (incoming.url?.includes("list-type=2") === true) proxy.writes += 1;
    if (fault.kind === "status") {
      proxy.faults += 1;
      incoming.resume();
      outgoing.writeHead(fault.status, { "content-type": "application/xml" });
      outgoing.end(
        `<Error><Code>${fault.status === 503 ? "SlowDown" : "InternalError"}</Code><Message>no</Message></Error>`,
      );
      return;
    }
    if (fault.kind === "slow") {
      proxy.faults += 1;
      await sleep(fault.ms);
    }
    const { method, url: path, headers } = incoming;
    // The signature covers the host, which is the proxy's: it must stay.
    const passed = request({ host: "127.0.0.1", port: target.port, method, path, headers });
    passed.once("error", () => outgoing.destroy());
    incoming.pipe(passed);
    const [response] = (await once(passed, "response")) as [IncomingMessage];
    if (fault.kind === "unconditional" && response.statusCode === 412) {
      proxy.faults += 1;
      response.resume();
      outgoing.writeHead(200, { etag: '"0"' });
      outgoing.end();
      return;
    }
    outgoing.writeHead(response.statusCode ?? 502, response.headers);
    const length = Number(response.headers["content-length"] ?? 0);
    const asked = `${path ?? ""} ${headers.range ?? ""}`;
    if (fault.kind === "cut" && method === "GET" && length > 1 && !cut.has(asked)) {
      cut.add(asked);
      proxy.faults += 1;
      let left = Math.floor(length / 2);
      for await (const chunk of response as AsyncIterable<Buffer>) {
        outgoing.write(chunk.subarray(0, left));
        left -= chunk.length;
        if (left <= 0) break;
      }
      // What was written is on its way before the end.
      setImmediate(() => outgoing.destroy());
      return;
    }
    response.pipe(outgoing);
  }
}
