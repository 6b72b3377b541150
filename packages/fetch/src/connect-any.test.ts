import { EventEmitter } from "node:events";
import type { Socket, TcpNetConnectOpts } from "node:net";

import { describe, expect, it } from "vitest";

import { connectAny } from "./connect-any.js";

/** What an address does: nothing at all, or something after so many milliseconds. */
type Fate = "silent" | { ms: number; then: "connect" | "error" };

/** A network of sockets that are none. */
function network(fates: Record<string, Fate>): {
  connect: (options: TcpNetConnectOpts) => Socket;
  tried: string[];
  open: () => string[];
} {
  const tried: string[] = [];
  const open = new Set<string>();
  const connect = ({ host = "" }: TcpNetConnectOpts): Socket => {
    tried.push(host);
    open.add(host);
    const socket = Object.assign(new EventEmitter(), { host, destroy: () => open.delete(host) });
    const fate = fates[host] ?? "silent";
    if (fate !== "silent") {
      setTimeout(() => {
        if (!open.has(host)) return;
        if (fate.then === "error") open.delete(host);
        socket.emit(fate.then, new Error(`refused by ${host}`));
      }, fate.ms);
    }
    return socket as unknown as Socket;
  };
  return { connect, tried, open: () => [...open] };
}

const never = new AbortController().signal;
const v4 = "192.0.2.1";
const v6 = "2001:db8::1";
const connects: Fate = { ms: 1, then: "connect" };
const refuses: Fate = { ms: 1, then: "error" };

async function winner(
  addresses: string[],
  fates: Record<string, Fate>,
): Promise<{ host: string; tried: string[]; open: string[] }> {
  const { connect, tried, open } = network(fates);
  const socket = await connectAny(addresses, 80, { signal: never, staggerMs: 20, connect });
  return { host: (socket as unknown as { host: string }).host, tried, open: open() };
}

describe("connectAny", () => {
  it.each([
    ["the black hole first", [v6, v4]],
    ["the black hole last", [v4, v6]],
    ["many black holes", [v6, "2001:db8::2", "2001:db8::3", v4]],
  ])("connects over IPv4 where IPv6 is a black hole: %s", async (_name, addresses) => {
    expect(await winner(addresses, { [v4]: connects })).toMatchObject({ host: v4, open: [v4] });
  });

  it("connects over IPv6 where IPv4 is a black hole", async () => {
    expect(await winner([v4, v6], { [v6]: connects })).toMatchObject({ host: v6, open: [v6] });
  });

  it("reaches the second family after one pause, however many addresses the first has", async () => {
    const { tried } = await winner(["2001:db8::1", "2001:db8::2", "2001:db8::3", v4], { [v4]: connects });
    expect(tried).toEqual(["2001:db8::1", v4]);
  });

  it("waits for a slow address while others are tried, and drops those when it answers", async () => {
    const slow: Fate = { ms: 50, then: "connect" };
    expect(await winner([v4, v6], { [v4]: slow })).toEqual({ host: v4, tried: [v4, v6], open: [v4] });
  });

  it("asks nobody else when the first address answers at once", async () => {
    expect(await winner([v4, v6], { [v4]: connects, [v6]: connects })).toMatchObject({ tried: [v4] });
  });

  it("goes on at once when an address refuses", async () => {
    const { connect } = network({ [v4]: refuses, [v6]: connects });
    const socket = await connectAny([v4, v6], 80, { signal: never, staggerMs: 60_000, connect });
    expect(socket).toMatchObject({ host: v6 });
  });

  it("fails with the first address's error when all refuse", async () => {
    const { connect, tried } = network({ [v4]: refuses, [v6]: refuses });
    await expect(connectAny([v4, v6], 80, { signal: never, connect })).rejects.toThrow(`refused by ${v4}`);
    expect(tried).toEqual([v4, v6]);
  });

  it("closes everything when it is aborted", async () => {
    const { connect, open } = network({});
    const signal = AbortSignal.timeout(50);
    await expect(connectAny([v4, v6], 80, { signal, staggerMs: 10, connect })).rejects.toThrow("timeout");
    expect(open()).toEqual([]);
  });
});
