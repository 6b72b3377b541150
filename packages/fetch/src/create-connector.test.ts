import { EventEmitter } from "node:events";
import type { Socket, TcpNetConnectOpts } from "node:net";

import { describe, expect, it } from "vitest";

import { createConnector } from "./create-connector.js";

/** Connects to every address at once, and to no network. */
function record(): { connectTcp: (options: TcpNetConnectOpts) => Socket; dialled: string[] } {
  const dialled: string[] = [];
  return {
    dialled,
    connectTcp: ({ host = "" }) => {
      dialled.push(host);
      const socket = Object.assign(new EventEmitter(), { destroy: () => undefined });
      setImmediate(() => socket.emit("connect"));
      return socket as unknown as Socket;
    },
  };
}

const target = { protocol: "http:", hostname: "rebind.test", port: 80 } as const;
const common = {
  dnsMs: 100,
  connectMs: 100,
  tlsMs: 100,
  ca: [],
  connect: undefined,
  proxy: "none",
  proxyLookup: "local",
  resolve: {},
  allowPrivate: [],
} as const;

describe("createConnector", () => {
  it("dials the very address that was checked, though the name points elsewhere a moment later", async () => {
    const { connectTcp, dialled } = record();
    const answers = [["1.2.3.4"], ["127.0.0.1"]];
    let lookups = 0;
    const lookup = (): Promise<string[]> => Promise.resolve(answers[lookups++] ?? []);
    const connector = createConnector({ ...common, lookup, connectTcp });
    await connector.open(target, []);
    expect(lookups).toBe(1);
    expect(dialled).toEqual(["1.2.3.4"]);
    // Each connection is checked anew, so the name that has moved inside is refused now.
    await expect(connector.open(target, [])).rejects.toMatchObject({ outcome: "blocked_address" });
    expect(dialled).toEqual(["1.2.3.4"]);
  });

  it("dials none of a name's private addresses, in whatever form and order they come", async () => {
    const { connectTcp, dialled } = record();
    const answer = ["::ffff:10.0.0.1", "64:ff9b::7f00:1", "169.254.169.254", "8.8.8.8", "fd00::1", "::1"];
    const connector = createConnector({ ...common, lookup: () => Promise.resolve(answer), connectTcp });
    await connector.open(target, []);
    expect(dialled).toEqual(["8.8.8.8"]);
  });
});
