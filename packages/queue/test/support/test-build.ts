import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

import {
  type DatasetConfig,
  datasetConfigSchema,
  datasetFolders,
  readManifest,
  runStage,
} from "@leyenda/core";

import {
  enqueue,
  type Enqueued,
  type EnqueueOptions,
  Queues,
  queueStatus,
  type QueueStatus,
  type WorkerEvent,
} from "../../src/index.js";
import { stages } from "./stages/all.mjs";

/** The "list" that the stages of these tests read. */
export interface List {
  parts: number;
  /** That each part takes, milliseconds. */
  ms: number;
  /** Parts that fail: `fetch part-00003`. */
  fails?: string[];
}

export interface JournalEntry {
  stage: string;
  part: string;
  what: "begun" | "ended";
  /** Processes that share what hosts may be asked. */
  workers: number;
  pid: number;
}

export interface TestWorker {
  child: ChildProcess;
  events: WorkerEvent[];
  ended: Promise<unknown>;
}

/** A build of fake stages in a folder of its own, and the workers of the test. */
export class TestBuild {
  readonly #folder: string;
  readonly #url: string;
  #list: List = { parts: 0, ms: 0 };
  readonly config: DatasetConfig;
  readonly dataDir: string;
  readonly queues: Queues;
  readonly workers: TestWorker[] = [];

  private constructor(folder: string, url: string) {
    this.#folder = folder;
    this.#url = url;
    this.dataDir = join(folder, "data");
    this.queues = new Queues(url);
    this.config = datasetConfigSchema.parse({
      name: "test",
      source: { path: join(folder, "list.json") },
      select: { train: 1, validation: 1 },
      translate: { model: "model" },
    });
  }

  static async open(url: string, list: List): Promise<TestBuild> {
    const build = new TestBuild(await mkdtemp(join(tmpdir(), "leyenda-queue-")), url);
    await build.setList(list);
    return build;
  }

  async setList(list: List): Promise<void> {
    this.#list = list;
    const path = this.config.source.path;
    await writeFile(path, JSON.stringify({ ...list, journal: join(this.#folder, "journal") }));
  }

  enqueue(options: Partial<EnqueueOptions> = {}): Promise<Enqueued> {
    const { config, dataDir, queues } = this;
    return enqueue({ config, dataDir, queues, stages, attempts: 3, backoffMs: 100, ...options });
  }

  status(): Promise<QueueStatus> {
    const { config, dataDir, queues } = this;
    return queueStatus({ config, dataDir, queues, stages, done: {} });
  }

  /** Starts workers in process groups of their own. */
  startWorkers(count: number, options: object = {}): TestWorker[] {
    const script = fileURLToPath(new URL("worker.mjs", import.meta.url));
    const started = Array.from({ length: count }, (): TestWorker => {
      const child = spawn(process.execPath, [script, this.#url, JSON.stringify(options)], {
        detached: true,
        stdio: ["ignore", "pipe", "inherit"],
      });
      const events: WorkerEvent[] = [];
      let rest = "";
      child.stdout.on("data", (chunk: Buffer) => {
        const lines = (rest + chunk.toString()).split("\n");
        rest = lines.pop() ?? "";
        events.push(...lines.map((line) => JSON.parse(line) as WorkerEvent));
      });
      return { child, events, ended: once(child, "exit") };
    });
    this.workers.push(...started);
    return started;
  }

  /** Hash of what the last stage has made, once the build is complete. */
  async finished(): Promise<string> {
    for (;;) {
      const hash = await this.hash();
      if (hash !== null) return hash;
      const failed = (await this.status().catch(() => null))?.state === "failed";
      if (failed) throw new Error(`the build failed: ${JSON.stringify((await this.status()).failures)}`);
      await sleep(100);
    }
  }

  async hash(): Promise<string | null> {
    const { hash } = (await readManifest(datasetFolders("test", this.dataDir).selected)) ?? {};
    return hash ?? null;
  }

  /** What the same build comes to in this process alone, elsewhere; after it, this one is no longer slow. */
  async hashOfOneProcess(): Promise<string> {
    const folders = datasetFolders("test", join(this.#folder, "alone"));
    // How long a part takes changes nothing of it.
    await this.setList({ ...this.#list, ms: 0 });
    for (const stage of stages) await runStage(stage, { config: this.config, folders });
    return (await readManifest(folders.selected))?.hash ?? "";
  }

  async journal(): Promise<JournalEntry[]> {
    const text = await readFile(join(this.#folder, "journal"), "utf8").catch(() => "");
    return text
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as JournalEntry);
  }

  /** Waits until the journal says something. */
  async until(test: (journal: JournalEntry[]) => boolean): Promise<void> {
    while (!test(await this.journal())) await sleep(20);
  }

  /** Names of all files of the build. */
  async files(): Promise<string[]> {
    return (await readdir(this.dataDir, { recursive: true })).filter((name) => name.includes("."));
  }

  async close(): Promise<void> {
    for (const { child } of this.workers) killGroup(child);
    await Promise.all(this.workers.map(({ ended }) => ended));
    await this.queues.close();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

/** Ends a worker and its processes at once. */
export function killGroup(child: ChildProcess, signal: NodeJS.Signals = "SIGKILL"): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  process.kill(-child.pid, signal);
}
