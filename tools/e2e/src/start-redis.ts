import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";

import { freePorts } from "./s3/free-ports.js";

/** A Redis or Valkey server of this process's own. */
export interface RedisServer {
  /** `redis://host:port` */
  url: string;
  port: number;
  /** Ends it at once, as a power cut would; its data stays. */
  kill: () => Promise<void>;
  /** Starts it again at the same address. @param options.wiped without its data */
  start: (options?: { wiped?: boolean }) => Promise<void>;
  close: () => Promise<void>;
}

/** Name of the server that is installed; null where none is. */
export async function findRedis(): Promise<string | null> {
  for (const name of ["valkey-server", "redis-server"]) {
    const found = await promisify(execFile)("which", [name]).catch(() => null);
    if (found !== null) return name;
  }
  return null;
}

/** Starts a server on a free port, which keeps its data as the queue wants it. */
export async function startRedis({ host = "127.0.0.1" }: { host?: string } = {}): Promise<RedisServer> {
  const program = await findRedis();
  if (program === null) throw new Error("neither valkey-server nor redis-server is installed");
  const [port = 0] = await freePorts(1);
  const folder = await mkdtemp(join(tmpdir(), "leyenda-redis-"));
  let child: ChildProcess | undefined;
  const server: RedisServer = {
    url: `redis://${host}:${port}`,
    port,
    kill: async () => {
      if (child?.exitCode !== null || child.signalCode !== null) return;
      child.kill("SIGKILL");
      await once(child, "exit");
    },
    start: async ({ wiped = false } = {}) => {
      if (wiped) await rm(join(folder, "appendonlydir"), { recursive: true, force: true });
      child = spawn(
        program,
        [
          ...["--port", String(port), "--bind", host, "--protected-mode", "no", "--dir", folder],
          ...["--appendonly", "yes", "--save", "", "--maxmemory-policy", "noeviction"],
        ],
        { stdio: "ignore" },
      );
      await answers(host, port);
    },
    close: async () => {
      await server.kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
  process.once("exit", () => child?.kill("SIGKILL"));
  await server.start();
  return server;
}

async function answers(host: string, port: number): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const open = await new Promise<boolean>((resolve) => {
      const socket = connect({ host, port });
      socket.once("connect", () => {
        socket.destroy();
        resolve(true);
      });
      socket.once("error", () => {
        resolve(false);
      });
    });
    if (open) return;
    await sleep(50);
  }
  throw new Error(`no server answers at ${host}:${port}`);
}
