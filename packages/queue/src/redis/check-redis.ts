import { LeyendaError } from "@leyenda/core";
import { Redis } from "ioredis";

/** How long a server may take to answer before it counts as unreachable, milliseconds. */
const answerMs = 5_000;

/**
 * Asks a server whether it can be used.
 *
 * @param url `redis://…`, or `rediss://…` for TLS
 * @throws LeyendaError QUEUE where it cannot be reached, or may throw jobs away when its memory is full
 */
export async function checkRedis(url: string): Promise<void> {
  const client = open(url);
  try {
    await client.connect();
    const memory = await client.info("memory");
    const policy = /^maxmemory_policy:(\S+)/m.exec(memory)?.[1];
    if (policy !== undefined && policy !== "noeviction") throw evicting(url, policy);
  } catch (error) {
    if (error instanceof LeyendaError) throw error;
    throw new LeyendaError("QUEUE", `Redis cannot be reached: ${(error as Error).message}`, {
      where: withoutPassword(url),
      expected: "a Valkey or Redis server, such as redis://127.0.0.1:6379",
      hint: "start one, or give another address with --redis or LEYENDA_REDIS",
      cause: error,
    });
  } finally {
    client.disconnect();
  }
}

function open(url: string): Redis {
  if (!/^rediss?:\/\//.test(url) || !URL.canParse(url))
    throw new LeyendaError("USAGE", "this is no address of a Redis server", {
      where: `--redis ${withoutPassword(url)}`,
      expected: "redis://<host>:<port>, or rediss://… for TLS",
    });
  const client = new Redis(url, {
    lazyConnect: true,
    connectTimeout: answerMs,
    commandTimeout: answerMs,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  });
  // Whoever waits for the command is told; without a listener the event would end the process.
  client.on("error", () => undefined);
  return client;
}

function evicting(url: string, policy: string): LeyendaError {
  return new LeyendaError("QUEUE", `this Redis throws keys away when its memory is full (${policy})`, {
    where: withoutPassword(url),
    expected: "maxmemory-policy noeviction: a job that is thrown away is a part that nobody makes",
    hint: "set it in the server's configuration, or with: redis-cli config set maxmemory-policy noeviction",
  });
}

function withoutPassword(url: string): string {
  return url.replace(/\/\/[^@/]*@/, "//");
}
