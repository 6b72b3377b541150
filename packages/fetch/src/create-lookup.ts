import { Resolver } from "node:dns/promises";
import { setTimeout as wait } from "node:timers/promises";

import pLimit from "p-limit";

/** The part of `node:dns/promises`' Resolver that is used. */
export interface AddressResolver {
  resolve4: (hostname: string, options: { ttl: true }) => Promise<{ address: string; ttl: number }[]>;
  resolve6: (hostname: string, options: { ttl: true }) => Promise<{ address: string; ttl: number }[]>;
  cancel: () => void;
}

export interface LookupOptions {
  /** @default c-ares with the system's name servers, 2 s a try, 2 tries */
  resolver?: AddressResolver;
  /** Names looked up at the same time. @default 64 */
  concurrency?: number;
  /** Names whose answers are kept. @default 10_000 */
  cacheSize?: number;
  /** Milliseconds of a clock that never goes back. @default performance.now */
  now?: () => number;
}

export interface Lookup {
  /** IPv4 addresses before IPv6 ones; rejects with a c-ares `code` where there are none. */
  (hostname: string): Promise<readonly string[]>;
  /** Ends what is being looked up. */
  close: () => void;
}

interface Entry {
  answer: Promise<readonly string[]>;
  expires: number;
}

/** Answers are kept as long as their TTL says, within these, in seconds; "no such name" for the shortest time. */
const minTtl = 30;
const maxTtl = 300;

/**
 * A name lookup that stands a crawl: c-ares, whose queries do not queue for libuv's four threads, with a cache by TTL and
 * a cap on what runs at once. It asks DNS alone: of the hosts file it knows no more than `localhost`.
 */
export function createLookup({
  resolver = new Resolver({ timeout: 2_000, tries: 2 }),
  concurrency = 64,
  cacheSize = 10_000,
  now = () => performance.now(),
}: LookupOptions = {}): Lookup {
  const limit = pLimit(concurrency);
  const cache = new Map<string, Entry>();

  async function ask(name: string, entry: Entry): Promise<readonly string[]> {
    try {
      const { addresses, ttl } = await resolveBoth(resolver, name);
      entry.expires = now() + 1_000 * Math.min(Math.max(ttl, minTtl), maxTtl);
      return addresses;
    } catch (error) {
      entry.expires = isAnswer(error) ? now() + 1_000 * minTtl : 0;
      throw error;
    }
  }

  function lookup(hostname: string): Promise<readonly string[]> {
    const name = hostname.toLowerCase().replace(/\.$/, "");
    // RFC 6761: never a question for DNS.
    if (name === "localhost" || name.endsWith(".localhost")) return Promise.resolve(["127.0.0.1", "::1"]);
    const known = cache.get(name);
    if (known !== undefined && known.expires > now()) return known.answer;
    const entry: Entry = { answer: Promise.resolve([]), expires: Infinity };
    entry.answer = limit(() => ask(name, entry));
    cache.delete(name);
    cache.set(name, entry);
    const oldest = cache.size > cacheSize ? cache.keys().next().value : undefined;
    if (oldest !== undefined) cache.delete(oldest);
    return entry.answer;
  }

  return Object.assign(lookup, {
    close: () => {
      limit.clearQueue();
      resolver.cancel();
    },
  });
}

/** How long IPv4 addresses in hand wait for the IPv6 answer, milliseconds (RFC 8305, section 3). */
const resolutionDelayMs = 50;

type Settled = PromiseSettledResult<{ address: string; ttl: number }[]>;

async function resolveBoth(
  resolver: AddressResolver,
  name: string,
): Promise<{ addresses: string[]; ttl: number }> {
  const asked6 = settle(resolver.resolve6(name, { ttl: true }));
  const v4 = await settle(resolver.resolve4(name, { ttl: true }));
  const late: Settled = { status: "fulfilled", value: [] };
  const v6 =
    v4.status === "rejected"
      ? await asked6
      : await Promise.race([asked6, wait(resolutionDelayMs, late, { ref: false })]);
  const records = [v4, v6].flatMap((result) => (result.status === "fulfilled" ? result.value : []));
  if (records.length > 0) {
    return {
      addresses: records.map(({ address }) => address),
      ttl: Math.min(...records.map(({ ttl }) => ttl)),
    };
  }
  // One family's "no data" says little when the other family's question failed.
  const errors = [v4, v6].flatMap((result) => (result.status === "rejected" ? [result.reason as Error] : []));
  const error = errors.find((error) => !isAnswer(error)) ?? errors[0];
  throw error ?? Object.assign(new Error(`no data for ${name}`), { code: "ENODATA" });
}

async function settle(answer: Promise<{ address: string; ttl: number }[]>): Promise<Settled> {
  const [settled] = await Promise.allSettled([answer]);
  return settled;
}

/** Whether an error is the name server's own word that there is nothing. */
function isAnswer(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === "ENOTFOUND" || code === "ENODATA";
}
