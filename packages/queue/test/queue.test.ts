import { setTimeout as sleep } from "node:timers/promises";

import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";

import { checkRedis } from "../src/index.js";
import { noRedis, startRedis, type TestRedis } from "../src/testing/start-redis.js";
import { killGroup, type List, TestBuild, type TestWorker } from "./support/test-build.js";

if (noRedis !== undefined) console.warn(`skipped: ${noRedis}`);

let redis: TestRedis;
let build: TestBuild | undefined;
beforeAll(async () => {
  if (noRedis === undefined) redis = await startRedis();
});
afterEach(async () => {
  await build?.close();
  build = undefined;
});
afterAll(async () => {
  if (noRedis === undefined) await redis.close();
});

async function open(list: List): Promise<TestBuild> {
  return (build = await TestBuild.open(redis.url, list));
}

/** Every part has one record, and no attempt has left anything. */
async function expectWhole(of: TestBuild, parts: number): Promise<void> {
  const files = await of.files();
  expect(files.filter((name) => name.includes("incomplete"))).toEqual([]);
  const records = files.filter((name) => /part-\d+\.json$/.test(name));
  expect(records).toHaveLength(2 * parts);
  expect(files.filter((name) => name.endsWith(".rows.arrow"))).toHaveLength(2 * parts + 1);
}

describe.skipIf(noRedis !== undefined)("a build by workers", () => {
  it("comes to the same as in one process, makes each part once, and cleans before all is fetched", async () => {
    const test = await open({ parts: 12, ms: 200 });
    await test.enqueue();
    test.startWorkers(2);
    const hash = await test.finished();
    const journal = await test.journal();
    expect(hash).toBe(await test.hashOfOneProcess());
    await expectWhole(test, 12);
    const began = journal.filter(({ what }) => what === "begun").map(({ stage, part }) => `${stage} ${part}`);
    expect(began).toHaveLength(25);
    expect(new Set(began).size).toBe(25);
    const firstClean = journal.findIndex(({ stage }) => stage === "clean");
    const lastFetch = journal.findLastIndex(({ stage }) => stage === "fetch");
    expect(firstClean).toBeLessThan(lastFetch);
    const again = await test.enqueue();
    expect(again).toMatchObject({ stage: null, missing: 0 });
  });

  it("makes no part twice when it is enqueued again on the way", async () => {
    const test = await open({ parts: 6, ms: 100 });
    await test.enqueue();
    test.startWorkers(2);
    await test.until((journal) => journal.length > 3);
    await test.enqueue();
    await test.enqueue();
    await test.finished();
    expect((await test.journal()).filter(({ what }) => what === "begun")).toHaveLength(13);
  });

  it("fetches no more parts at a time than its limit, and each process knows its share", async () => {
    const test = await open({ parts: 8, ms: 300 });
    await test.enqueue({ limits: { fetch: 2 } });
    test.startWorkers(2, { concurrency: { fetch: 3, clean: 1, select: 1 } });
    await test.finished();
    const fetched = (await test.journal()).filter(({ stage }) => stage === "fetch");
    expect(new Set(fetched.map(({ workers }) => workers))).toEqual(new Set([2]));
    let most = 0;
    fetched.reduce((running, { what }) => {
      const now = running + (what === "begun" ? 1 : -1);
      most = Math.max(most, now);
      return now;
    }, 0);
    expect(most).toBeLessThanOrEqual(2);
  });

  it("names parts that fail with their error, makes all others, and is completed by a retry", async () => {
    const list = { parts: 5, ms: 10 };
    const test = await open({ ...list, fails: ["fetch part-00003", "clean part-00001"] });
    await test.enqueue();
    test.startWorkers(2);
    await expect(test.finished()).rejects.toThrow("broken on purpose");
    const { state, failures, stages } = await test.status();
    expect(state).toBe("failed");
    expect(failures).toContainEqual(
      expect.objectContaining({
        queue: "fetch",
        name: "part-00003",
        error: "broken on purpose",
        attempts: 3,
      }),
    );
    expect(failures).toContainEqual(
      expect.objectContaining({ queue: "clean", name: "part-00001", attempts: 3 }),
    );
    expect(stages.find(({ stage }) => stage === "fetch")).toMatchObject({ parts: 5, running: 0, failed: 1 });
    await test.setList(list);
    expect(await test.enqueue()).toMatchObject({ stage: "fetch", missing: 1, failed: 3 });
    expect(await test.enqueue({ retryFailed: true })).toMatchObject({
      stage: "fetch",
      missing: 1,
      failed: 0,
    });
    expect(await test.finished()).toBe(await test.hashOfOneProcess());
    await expectWhole(test, 5);
  });

  it("is not begun a second time with other options", async () => {
    const test = await open({ parts: 2, ms: 10 });
    await test.enqueue();
    const config = { ...test.config, clean: { ...test.config.clean, size: 100 } };
    await expect(test.enqueue({ config })).rejects.toMatchObject({ code: "QUEUE" });
  });
});

describe.skipIf(noRedis !== undefined)("workers that are lost", () => {
  it("lose no part and double none: two of four are killed", async () => {
    const test = await open({ parts: 12, ms: 400 });
    await test.enqueue();
    const workers = test.startWorkers(4);
    await test.until((journal) => journal.filter(({ what }) => what === "begun").length >= 6);
    for (const { child } of workers.slice(0, 2)) killGroup(child);
    expect(await test.finished()).toBe(await test.hashOfOneProcess());
    await expectWhole(test, 12);
  });

  it("commit once when they were only stopped, and finish what another has made meanwhile", async () => {
    const test = await open({ parts: 1, ms: 600 });
    await test.enqueue();
    const [stopped] = test.startWorkers(1, { concurrency: { fetch: 1 } });
    await test.until((journal) => journal.length === 1);
    if (stopped === undefined) throw new Error("no worker was started");
    killGroup(stopped.child, "SIGSTOP");
    test.startWorkers(1);
    await test.finished();
    killGroup(stopped.child, "SIGCONT");
    await test.until(
      (journal) => journal.filter(({ stage, what }) => stage === "fetch" && what === "ended").length === 2,
    );
    await sleep(500);
    expect(await test.hash()).toBe(await test.hashOfOneProcess());
    expect(stopped.events.filter(({ type }) => type === "made")).toEqual([]);
    await expectWhole(test, 1);
  });

  it("finish their parts when told to end, and leave the rest", async () => {
    const test = await open({ parts: 4, ms: 500 });
    await test.enqueue();
    const [worker] = test.startWorkers(1);
    await test.until((journal) => journal.length === 1);
    worker?.child.kill("SIGTERM");
    await worker?.ended;
    expect(worker?.child.exitCode).toBe(0);
    const journal = await test.journal();
    expect(journal.filter(({ what }) => what === "begun").length).toBe(
      journal.filter(({ what }) => what === "ended").length,
    );
    expect((await test.files()).filter((name) => name.includes("incomplete"))).toEqual([]);
  });
});

describe.skipIf(noRedis !== undefined)("a server that is lost", () => {
  it("goes on where it was when it comes back with its data", async () => {
    const test = await open({ parts: 8, ms: 200 });
    await test.enqueue();
    test.startWorkers(2);
    await test.until((journal) => journal.length > 4);
    await redis.kill();
    await sleep(1_500);
    await redis.start();
    expect(await test.finished()).toBe(await test.hashOfOneProcess());
    await expectWhole(test, 8);
  });

  it("loses nothing that is made when it comes back empty: what is missing is enqueued again", async () => {
    const test = await open({ parts: 8, ms: 200 });
    await test.enqueue();
    test.startWorkers(2);
    await test.until((journal) => journal.filter(({ what }) => what === "ended").length > 4);
    const made = (await test.files()).filter((name) => /fetched\/part-\d+\.json$/.test(name)).length;
    await redis.close();
    redis = await startRedis(undefined, redis.port);
    expect((await test.enqueue()).missing).toBeLessThanOrEqual(8 - made);
    expect(await test.finished()).toBe(await test.hashOfOneProcess());
    await expectWhole(test, 8);
  });
});

describe.skipIf(noRedis !== undefined)("a worker that is told to end while its server is gone", () => {
  it("ends once the server is back", async () => {
    const worker = await lose();
    worker.child.kill("SIGTERM");
    await redis.start();
    await worker.ended;
    expect(worker.child.exitCode).toBe(0);
  });

  it("ends without it when it is told to drop its work", async () => {
    const worker = await lose();
    worker.child.kill("SIGTERM");
    worker.child.kill("SIGINT");
    await worker.ended;
    expect(worker.child.exitCode).toBe(0);
    await redis.start();
  });

  /** A worker whose connections wait to be made again. */
  async function lose(): Promise<TestWorker> {
    const test = await open({ parts: 1, ms: 0 });
    const [worker] = test.startWorkers(1);
    if (worker === undefined) throw new Error("no worker was started");
    await test.enqueue();
    await test.finished();
    await redis.kill();
    while (!worker.events.some(({ type }) => type === "trouble")) await sleep(20);
    return worker;
  }
});

describe.skipIf(noRedis !== undefined)("checkRedis", () => {
  it("refuses a server that throws keys away when its memory is full", async () => {
    const evicting = await startRedis(["--maxmemory-policy", "allkeys-lru"]);
    await expect(checkRedis(evicting.url)).rejects.toMatchObject({
      code: "QUEUE",
      expected: expect.stringContaining("noeviction") as string,
    });
    await evicting.close();
    await expect(checkRedis(redis.url)).resolves.toBeUndefined();
  });

  it("says where nobody answers, without the password", async () => {
    const error = checkRedis("redis://:secret@127.0.0.1:1/0");
    await expect(error).rejects.toMatchObject({ code: "QUEUE", where: "redis://127.0.0.1:1/0" });
    await expect(checkRedis("localhost:6379")).rejects.toMatchObject({ code: "USAGE" });
  });
});
