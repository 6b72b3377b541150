import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { FetchFailure } from "../fetch-failure.js";
import { hostLimits } from "./host-limits.js";
import type { Turn } from "./turn.js";
import { Turns, type TurnsOptions } from "./turns.js";

const never = new AbortController().signal;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
});
afterEach(() => {
  vi.useRealTimers();
});

interface Sent {
  host: string;
  row: number;
  at: number;
}

/** A web whose every answer takes `ms`, asked for rows through turns; says what was sent when. */
function ask(
  turns: Turns,
  rows: readonly string[],
  ms: (host: string) => number,
): { sent: Sent[]; inFlight: (host?: string) => number; done: () => number } {
  const sent: Sent[] = [];
  const running = new Map<string, number>();
  let done = 0;
  const request = async (turn: Turn, host: string, row: number): Promise<void> => {
    await turn.enter(host, never);
    running.set(host, (running.get(host) ?? 0) + 1);
    sent.push({ host, row, at: performance.now() });
    await new Promise((resolve) => setTimeout(resolve, ms(host)));
    running.set(host, (running.get(host) ?? 0) - 1);
    turn.rest();
    done += 1;
  };
  for (const [row, host] of rows.entries()) turns.queue(host, (turn) => void request(turn, host, row));
  return {
    sent,
    inFlight: (host) =>
      host === undefined ? [...running.values()].reduce((a, b) => a + b, 0) : (running.get(host) ?? 0),
    done: () => done,
  };
}

function open(options: Partial<TurnsOptions> = {}): Turns {
  return new Turns({
    concurrency: 64,
    connectionsPerHost: 6,
    requestsPerSecondPerHost: 20,
    burst: 20,
    ...options,
  });
}

function mostInASecond(sent: readonly Sent[]): number {
  return Math.max(
    0,
    ...sent.map(({ at }) => sent.filter((other) => other.at >= at && other.at < at + 1_000).length),
  );
}

describe("Turns", () => {
  it("a host with 5,000 slow rows in front does not hold up the rest", async () => {
    const turns = open({ requestsPerSecondPerHost: 1_000, burst: 1_000, concurrency: 16 });
    const slow = Array.from({ length: 5_000 }, () => "slow.test");
    const others = Array.from({ length: 300 }, (_, index) => `host${index % 30}.test`);
    const { sent } = ask(turns, [...slow, ...others], (host) => (host === "slow.test" ? 10_000 : 100));
    // 10 lanes are left beside the slow host's 6 connections: 300 requests of 100 ms take them 3 seconds.
    await vi.advanceTimersByTimeAsync(3_500);
    expect(sent.filter(({ host }) => host !== "slow.test")).toHaveLength(300);
    expect(sent.filter(({ host }) => host === "slow.test")).toHaveLength(6);
    turns.close();
  });

  it("hosts that can be asked take turns, however many rows each has", async () => {
    const turns = open({ concurrency: 1, requestsPerSecondPerHost: 1_000, burst: 1_000 });
    const rows = [...Array.from({ length: 10 }, () => "big.test"), "a.test", "b.test", "a.test"];
    const { sent } = ask(turns, rows, () => 10);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(sent.slice(0, 7).map(({ host }) => host)).toEqual([
      "big.test",
      "big.test",
      "a.test",
      "b.test",
      "big.test",
      "a.test",
      "big.test",
    ]);
    expect(sent).toHaveLength(rows.length);
    turns.close();
  });

  it("never exceeds concurrency, connections or rate, and asks for every row in the end", async () => {
    const scenario = fc.record({
      concurrency: fc.integer({ min: 1, max: 12 }),
      connectionsPerHost: fc.integer({ min: 1, max: 5 }),
      rate: fc.double({ min: 0.5, max: 50, noNaN: true }),
      rows: fc.array(
        fc.tuple(fc.constantFrom("a.test", "b.test", "c.test"), fc.integer({ min: 1, max: 900 })),
        {
          maxLength: 60,
        },
      ),
    });
    await fc.assert(
      fc.asyncProperty(scenario, async ({ concurrency, connectionsPerHost, rate, rows }) => {
        const burst = Math.max(1, rate);
        const turns = open({ concurrency, connectionsPerHost, requestsPerSecondPerHost: rate, burst });
        let nth = 0;
        const hosts = rows.map(([host]) => host);
        const web = ask(turns, hosts, () => rows[nth++]?.[1] ?? 1);
        for (let step = 0; web.done() < rows.length && step < 100_000; step += 1) {
          expect(web.inFlight()).toBeLessThanOrEqual(concurrency);
          for (const host of hosts) expect(web.inFlight(host)).toBeLessThanOrEqual(connectionsPerHost);
          await vi.advanceTimersToNextTimerAsync();
        }
        expect(web.sent.map(({ row }) => row).sort((a, b) => a - b)).toEqual(rows.map((_, row) => row));
        for (const host of new Set(hosts)) {
          const of = web.sent.filter((one) => one.host === host);
          for (const [first, { at }] of of.entries()) {
            for (const [index, { at: end }] of of.slice(first).entries())
              expect(index + 1).toBeLessThanOrEqual(burst + (rate * (end - at)) / 1_000 + 1e-6);
          }
        }
        turns.close();
      }),
      { numRuns: 60 },
    );
  });

  it("all rows of a host wait while it wants peace, and come back at half of what it was asked", async () => {
    const turns = open({ requestsPerSecondPerHost: 40, burst: 40, connectionsPerHost: 100 });
    const { sent } = ask(
      turns,
      Array.from({ length: 200 }, () => "a.test"),
      () => 1,
    );
    await vi.advanceTimersByTimeAsync(5);
    expect(sent).toHaveLength(40);
    const turn = turns.open();
    const entering = turn.enter("a.test", never);
    await vi.advanceTimersByTimeAsync(100);
    await entering;
    turns.slowDown(turn, 5_000, null);
    turn.rest();
    const before = sent.length;
    await vi.advanceTimersByTimeAsync(4_900);
    expect(sent).toHaveLength(before);
    await vi.advanceTimersByTimeAsync(2_000);
    const after = sent.slice(before);
    expect(after.length).toBeGreaterThan(20);
    expect(mostInASecond(after)).toBeLessThan(30);
    await vi.advanceTimersByTimeAsync(120_000);
    expect(sent).toHaveLength(200);
    turns.close();
  });

  it("a host that wants peace for too long refuses who waits and who comes, until the time is over", async () => {
    const turns = open({ connectionsPerHost: 1 });
    const turn = turns.open();
    await turn.enter("a.test", never);
    const waiting = turns.open().enter("a.test", never);
    const outcomes: unknown[] = [];
    turns.queue("a.test", (mine) => {
      mine
        .enter("a.test", never)
        .catch((error: unknown) => outcomes.push(error))
        .finally(() => {
          mine.rest();
        });
    });
    const refusal = new FetchFailure("http_429", "not asked");
    turns.slowDown(turn, 3_600_000, refusal);
    turn.rest();
    await expect(waiting).rejects.toBe(refusal);
    await expect(turns.open().enter("a.test", never)).rejects.toBe(refusal);
    await vi.advanceTimersByTimeAsync(0);
    expect(outcomes).toEqual([refusal]);
    await vi.advanceTimersByTimeAsync(3_600_000);
    const later = turns.open().enter("a.test", never);
    await vi.advanceTimersByTimeAsync(2_000);
    await expect(later).resolves.toBeUndefined();
    turns.close();
  });

  it("what follows from a request goes before new rows, and new rows wait while the host is held", async () => {
    const turns = open({ connectionsPerHost: 1, requestsPerSecondPerHost: 1_000, burst: 1_000 });
    const order: string[] = [];
    const turn = turns.open();
    await turn.enter("a.test", never);
    turns.queue("a.test", (mine) => {
      order.push("row");
      mine.rest();
    });
    const hop = turns.open();
    const entered = hop.enter("a.test", never).then(() => {
      order.push("hop");
    });
    const release = turns.hold("a.test");
    turn.rest();
    await entered;
    hop.rest();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(order).toEqual(["hop"]);
    release();
    expect(order).toEqual(["hop", "row"]);
    turns.close();
  });

  it("a turn that is not used costs no token, and one that aborts in the queue leaves it", async () => {
    const turns = open({ connectionsPerHost: 1, requestsPerSecondPerHost: 0.1, burst: 1 });
    turns.queue("a.test", (turn) => {
      turn.rest();
    });
    const turn = turns.open();
    await turn.enter("a.test", never);
    const controller = new AbortController();
    const aborted = turns.open().enter("a.test", controller.signal);
    controller.abort(new Error("enough"));
    await expect(aborted).rejects.toThrow("enough");
    turn.rest();
    const next = turns.open().enter("a.test", never);
    await vi.advanceTimersByTimeAsync(10_001);
    await expect(next).resolves.toBeUndefined();
    turns.close();
  });

  it("forgets hosts that nobody asks, but none that is being spared", async () => {
    const turns = open({ maxHosts: 3, connectionsPerHost: 1 });
    const busy = turns.open();
    await busy.enter("spared.test", never);
    turns.slowDown(busy, 20_000, null);
    busy.rest();
    for (let n = 0; n < 50; n += 1) {
      const turn = turns.open();
      await turn.enter(`host${n}.test`, never);
      turn.rest();
      await vi.advanceTimersByTimeAsync(100);
    }
    expect(turns.takeFigures().size).toBeLessThan(10);
    let entered = false;
    void turns
      .open()
      .enter("spared.test", never)
      .then(() => {
        entered = true;
      });
    await vi.advanceTimersByTimeAsync(14_000);
    expect(entered).toBe(false);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(entered).toBe(true);
    turns.close();
  });
});

it("workers share what a host may be asked", () => {
  const limits = { connectionsPerHost: 6, requestsPerSecondPerHost: 20 };
  expect(hostLimits(limits, 1)).toEqual({ connectionsPerHost: 6, requestsPerSecondPerHost: 20, burst: 20 });
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 256 }),
      fc.double({ min: 0.01, max: 1_000, noNaN: true }),
      fc.integer({ min: 1, max: 64 }),
      (connectionsPerHost, requestsPerSecondPerHost, workers) => {
        const each = hostLimits({ connectionsPerHost, requestsPerSecondPerHost }, workers);
        expect(each.connectionsPerHost * workers).toBeLessThanOrEqual(Math.max(connectionsPerHost, workers));
        expect(each.requestsPerSecondPerHost * workers).toBeCloseTo(requestsPerSecondPerHost);
        expect(each.burst * workers).toBeLessThanOrEqual(Math.max(requestsPerSecondPerHost, workers) + 1e-9);
      },
    ),
  );
});
