import { resolve } from "node:path";

import { type Stage, type StageName, stageNames } from "@leyenda/core";
import { type Command, InvalidArgumentError } from "commander";

import type { Io } from "../io.js";
import { stageModules } from "../stage-modules.js";

/** Where the queue is, for verbs that use it. */
export interface QueueOptions {
  redis?: string;
}

export function addRedisOption(command: Command): Command {
  return command.option(
    "--redis <url>",
    "Valkey or Redis server of the queue (default: $LEYENDA_REDIS, else redis://127.0.0.1:6379)",
  );
}

export function redisUrl({ redis }: QueueOptions, { env }: Io): string {
  return redis ?? env.LEYENDA_REDIS ?? "redis://127.0.0.1:6379";
}

/** The data folder as every worker understands it: absolute, or a store's URL. */
export function sharedDataDir(dataDir: string | undefined, { cwd, env }: Io): string {
  const given = dataDir ?? env.DATA_DIR ?? "data";
  return /^[a-z0-9]+:\/\//i.test(given) ? given : resolve(cwd, given);
}

/** All stages of a build, in order. */
export async function buildStages(): Promise<Stage[]> {
  return Promise.all(Object.values(stageModules).flatMap((loads) => loads.map((load) => load())));
}

/** An option's list of stages: `fetch,clean`. */
export function stageList(text: string): StageName[] {
  return text.split(",").map(stageName);
}

/** An option's number for each of some stages: `fetch=4,translate=1`. */
export function stageCounts(text: string): Partial<Record<StageName, number>> {
  const counts: Partial<Record<StageName, number>> = {};
  for (const each of text.split(",")) {
    const [name = "", value = ""] = each.split("=");
    const count = Number(value);
    if (!Number.isInteger(count) || count < 1)
      throw new InvalidArgumentError(`expected <stage>=<whole number from 1>,…; "${each}" is not.`);
    counts[stageName(name)] = count;
  }
  return counts;
}

function stageName(text: string): StageName {
  const found = stageNames.find((name) => name === text && name !== "export");
  if (found === undefined)
    throw new InvalidArgumentError(
      `expected stages: ${stageNames.filter((name) => name !== "export").join(", ")}; "${text}" is none.`,
    );
  return found;
}
