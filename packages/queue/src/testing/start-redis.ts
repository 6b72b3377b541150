import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { Redis } from "ioredis";

const command = ["redis-server", "valkey-server"].find((name) => spawnSync(name, ["--version"]).status === 0);

/** Why tests that need a server cannot run here; undefined where they can. */
export const noRedis =
  command === undefined ? "neither redis-server nor valkey-server is installed" : undefined;

/** A server of a test's own. */
export interface TestRedis {
  url: string;
  port: number;
  /** Ends it at once, as a crash would. */
  kill: () => Promise<void>;
  /** Starts it again with what it had written down. */
  start: () => Promise<void>;
  /** Ends it, and removes it with its data. */
  close: () => Promise<void>;
}

/** Starts a server on a free port that keeps its data like a real one. */
export async function startRedis(
  args: readonly string[] = ["--maxmemory-policy", "noeviction"],
  onPort?: number,
): Promise<TestRedis> {
  const folder = await mkdtemp(join(tmpdir(), "leyenda-redis-"));
  const port = onPort ?? (await freePort());
  const url = `redis://127.0.0.1:${port}`;
  let server: ChildProcess;
  const start = async (): Promise<void> => {
    const place = ["--port", String(port), "--bind", "127.0.0.1", "--dir", folder];
    server = spawn(command ?? "redis-server", [...place, "--appendonly", "yes", "--save", "", ...args], {
      stdio: "ignore",
    });
    await answers(url);
  };
  const kill = async (): Promise<void> => {
    if (server.exitCode !== null || server.signalCode !== null) return;
    const gone = new Promise((resolve) => server.once("exit", resolve));
    server.kill("SIGKILL");
    await gone;
  };
  await start();
  return {
    url,
    port,
    kill,
    start,
    close: async () => {
      await kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function answers(url: string): Promise<void> {
  for (;;) {
    const client = new Redis(url, { lazyConnect: true, retryStrategy: () => null });
    client.on("error", () => undefined);
    const answer = await client.ping().catch(() => null);
    client.disconnect();
    if (answer === "PONG") return;
    await sleep(50);
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
