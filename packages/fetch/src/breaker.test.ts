import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { Breaker } from "./breaker.js";

const options = { window: 100, share: 0.9, hosts: 10 };

/** Feeds rows, and says after how many the breaker tripped; null when it did not. */
function feed(
  breaker: Breaker,
  rows: Iterable<{ host: string; outcome: "ok" | "dns" | "timeout" | "http_4xx" }>,
): number | null {
  let fed = 0;
  for (const { host, outcome } of rows) {
    fed += 1;
    try {
      breaker.row(`http://${host}/`, outcome, "why");
    } catch {
      return fed;
    }
  }
  return null;
}

const many = (count: number, outcome: "ok" | "dns" | "timeout" | "http_4xx", hosts = 50) =>
  Array.from({ length: count }, (_, n) => ({ host: `h${n % hosts}.example`, outcome }));

describe("Breaker", () => {
  it("trips when the window is full of passing failures on many hosts, not before", () => {
    expect(feed(new Breaker(options), many(1000, "dns"))).toBe(100);
  });

  it("trips soon after the network goes away in a run that went well", () => {
    const fed = feed(new Breaker(options), [...many(1000, "ok"), ...many(500, "timeout")]);
    expect(fed).toBeGreaterThanOrEqual(1090);
    expect(fed).toBeLessThanOrEqual(1100);
  });

  it("counts all passing failures together: some names are in the cache when the network goes", () => {
    const mixed = many(1000, "dns").map((row, n) => ({
      ...row,
      outcome: n % 2 === 0 ? row.outcome : ("timeout" as const),
    }));
    expect(feed(new Breaker(options), mixed)).toBe(100);
  });

  it("does not trip on a list whose one host is dead, alone or among others that answer", () => {
    expect(feed(new Breaker(options), many(1000, "dns", 1))).toBeNull();
    const mostly = Array.from({ length: 1000 }, (_, n) =>
      n % 10 === 0
        ? { host: `h${n % 30}.example`, outcome: "ok" as const }
        : { host: "dead.example", outcome: "dns" as const },
    );
    expect(feed(new Breaker(options), mostly)).toBeNull();
  });

  it("does not trip on links that are dead for good", () => {
    expect(feed(new Breaker(options), many(1000, "http_4xx"))).toBeNull();
  });

  it("can be turned off", () => {
    expect(feed(new Breaker({ ...options, window: 0 }), many(1000, "dns"))).toBeNull();
  });

  it("says the classes, the share, examples and what to do", () => {
    const breaker = new Breaker(options);
    for (const { host } of many(99, "dns")) breaker.row(`http://${host}/a.jpg`, "dns", "no address");
    expect(() => {
      breaker.row("http://last.example/b.jpg", "timeout", "too slow");
    }).toThrow(
      expect.objectContaining({
        code: "CIRCUIT_OPEN",
        message: expect.stringMatching(
          /100 % of the last 100 rows failed, on 51 of 51 hosts \(dns 99, timeout 1\)\n {2}dns: http:\/\/h\d+\.example\/a\.jpg: no address/,
        ) as string,
        hint: expect.stringMatching(/name server[\s\S]*run the same command again/) as string,
      }),
    );
  });

  it("trips exactly when the last rows say so, whatever came before", () => {
    const row = fc.record({
      host: fc.integer({ min: 0, max: 8 }).map((n) => `h${n}.example`),
      outcome: fc.constantFrom("ok" as const, "dns" as const, "dns" as const, "dns" as const),
    });
    fc.assert(
      fc.property(fc.array(row, { maxLength: 120 }), (rows) => {
        const settings = { window: 12, share: 0.75, hosts: 3 };
        const expected = rows.findIndex((_, at) => {
          const last = rows.slice(Math.max(0, at - 11), at + 1);
          const hosts = new Set(last.map(({ host }) => host));
          const dead = [...hosts].filter((host) =>
            last.every((each) => each.host !== host || each.outcome === "dns"),
          ).length;
          const failed = last.filter(({ outcome }) => outcome === "dns").length;
          return last.length === 12 && failed >= 9 && dead >= 3 && dead >= 0.75 * hosts.size;
        });
        expect(feed(new Breaker(settings), rows)).toBe(expected === -1 ? null : expected + 1);
      }),
    );
  });
});
