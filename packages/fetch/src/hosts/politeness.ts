import { z } from "zod";

import type { HostFigures } from "./host.js";

/** Hosts that are named in a part's record and, of all parts, in the manifest and in `politeness.json`. */
export const namedHosts = { part: 20, manifest: 20, file: 100 } as const;

const count = z.int().nonnegative();

/** How hard hosts were asked: what a part's record says of it. Rates and places are those of one worker process. */
export const politenessSchema = z.strictObject({
  /** Processes that shared what a host may be asked. */
  workers: count,
  /** Requests to all hosts: rows, further attempts, redirects, robots.txt. */
  requests: count,
  /** Answers 429 and 503 among them. */
  throttled: count,
  /** Most requests to any host in any one second. */
  maxPerSecond: count,
  /** Most requests in flight to any host. */
  maxInFlight: count,
  /** Those that answered 429 or 503, then those that were asked most. */
  hosts: z.array(
    z.strictObject({
      host: z.string(),
      requests: count,
      throttled: count,
      /** Milliseconds in which requests to it had to wait for the rate, or because it had asked for it. */
      waitedMs: count,
      maxPerSecond: count,
      maxInFlight: count,
    }),
  ),
});

export type Politeness = z.infer<typeof politenessSchema>;

/** Puts a process's figures of its hosts into the form of a record. */
export function politenessOf(figures: ReadonlyMap<string, HostFigures>, workers: number): Politeness {
  const hosts = [...figures].map(([host, { waitedMs, ...rest }]) => ({
    host,
    ...rest,
    waitedMs: Math.round(waitedMs),
  }));
  return {
    workers,
    requests: sum(hosts.map(({ requests }) => requests)),
    throttled: sum(hosts.map(({ throttled }) => throttled)),
    maxPerSecond: hosts.reduce((most, { maxPerSecond }) => Math.max(most, maxPerSecond), 0),
    maxInFlight: hosts.reduce((most, { maxInFlight }) => Math.max(most, maxInFlight), 0),
    hosts: top(hosts, namedHosts.part),
  };
}

/** Adds up what several records say; a host's own figures are those of the records that name it. */
export function mergePoliteness(all: Iterable<Politeness>, named: number): Politeness {
  const hosts = new Map<string, Politeness["hosts"][number]>();
  const merged: Politeness = {
    workers: 0,
    requests: 0,
    throttled: 0,
    maxPerSecond: 0,
    maxInFlight: 0,
    hosts: [],
  };
  for (const each of all) {
    merged.workers = Math.max(merged.workers, each.workers);
    add(merged, each);
    for (const host of each.hosts) {
      const known = hosts.get(host.host);
      if (known === undefined) hosts.set(host.host, { ...host });
      else {
        known.waitedMs += host.waitedMs;
        add(known, host);
      }
    }
  }
  return { ...merged, hosts: top([...hosts.values()], named) };
}

type Figures = Pick<Politeness, "requests" | "throttled" | "maxPerSecond" | "maxInFlight">;

function add(to: Figures, more: Figures): void {
  to.requests += more.requests;
  to.throttled += more.throttled;
  to.maxPerSecond = Math.max(to.maxPerSecond, more.maxPerSecond);
  to.maxInFlight = Math.max(to.maxInFlight, more.maxInFlight);
}

function top(hosts: Politeness["hosts"], named: number): Politeness["hosts"] {
  return hosts
    .sort((a, b) => b.throttled - a.throttled || b.requests - a.requests || (a.host < b.host ? -1 : 1))
    .slice(0, named);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
