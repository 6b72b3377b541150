import { type ChildProcess, execFile, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { type RunningLeyenda, startLeyenda } from "../run-leyenda.js";

const run = promisify(execFile);
const forwarder = fileURLToPath(new URL("../../dist/machines/forward.js", import.meta.url));

/** A machine in a network of this machine's own: a network namespace. */
export interface Machine {
  /** Starts `leyenda` there. */
  leyenda: (args: readonly string[], env: NodeJS.ProcessEnv) => RunningLeyenda;
  /** Has a port of its loopback lead to the same port of the host. */
  forward: (port: number) => void;
  /** Pulls its network cable, and plugs it in again. */
  partition: () => Promise<void>;
  heal: () => Promise<void>;
}

export interface Machines {
  /** Address of this process's own machine, as the others see it. */
  host: string;
  machines: Machine[];
  close: () => Promise<void>;
}

/** Whether this process may make network namespaces. */
export async function canStartMachines(): Promise<boolean> {
  const name = `lyp${process.pid}`;
  try {
    await run("ip", ["netns", "add", name]);
    await run("ip", ["netns", "del", name]);
    return true;
  } catch {
    return false;
  }
}

/** Connects network namespaces with this one by a bridge. Needs root and iproute2. */
export async function startMachines(count: number): Promise<Machines> {
  const id = process.pid % 100_000;
  const subnet = `10.${100 + (id % 100)}.${Math.floor(id / 100) % 250}`;
  const host = `${subnet}.1`;
  const bridge = `lyb${id}`;
  const children: ChildProcess[] = [];
  const ip = (...args: string[]): Promise<unknown> => run("ip", args);
  await ip("link", "add", bridge, "type", "bridge");
  await ip("addr", "add", `${host}/24`, "dev", bridge);
  await ip("link", "set", bridge, "up");
  const names = Array.from({ length: count }, (_, index) => `ly${id}m${index}`);
  for (const [index, name] of names.entries()) {
    await ip("netns", "add", name);
    await ip("link", "add", cable(index), "type", "veth", "peer", "name", "eth0", "netns", name);
    await ip("link", "set", cable(index), "master", bridge, "up");
    await ip("-n", name, "addr", "add", `${subnet}.${index + 11}/24`, "dev", "eth0");
    await ip("-n", name, "link", "set", "eth0", "up");
    await ip("-n", name, "link", "set", "lo", "up");
  }
  return {
    host,
    machines: names.map((name, index) => ({
      leyenda: (args, env) => {
        const running = startLeyenda(args, env, ["ip", "netns", "exec", name]);
        children.push(running.child);
        return running;
      },
      forward: (port) => {
        const ports = ["127.0.0.1", String(port), host, String(port)];
        const args = ["netns", "exec", name, process.execPath, forwarder, ...ports];
        children.push(spawn("ip", args, { detached: true, stdio: "ignore" }));
      },
      partition: async () => {
        await ip("link", "set", cable(index), "down");
      },
      heal: async () => {
        await ip("link", "set", cable(index), "up");
      },
    })),
    close: async () => {
      for (const { pid } of children) {
        try {
          if (pid !== undefined) process.kill(-pid, "SIGKILL");
        } catch {
          // It has ended already.
        }
      }
      for (const name of names) await ip("netns", "del", name);
      await ip("link", "del", bridge);
    },
  };

  function cable(index: number): string {
    return `lyv${id}n${index}`;
  }
}
