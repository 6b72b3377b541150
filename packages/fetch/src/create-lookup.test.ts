import { describe, expect, it } from "vitest";

import { type AddressResolver, createLookup } from "./create-lookup.js";

type Answer = { address: string; ttl: number }[] | string;

/** A resolver that answers by name, counts questions, and fails with a code where the answer is a string. */
function fake(
  v4: Record<string, Answer>,
  v6: Record<string, Answer> = {},
): AddressResolver & { asked: string[] } {
  const asked: string[] = [];
  const resolve = (answers: Record<string, Answer>) => (name: string) => {
    asked.push(name);
    const answer = answers[name] ?? "ENOTFOUND";
    return typeof answer === "string"
      ? Promise.reject(Object.assign(new Error(answer), { code: answer }))
      : Promise.resolve(answer);
  };
  return { resolve4: resolve(v4), resolve6: resolve(v6), cancel: () => undefined, asked };
}

describe("createLookup", () => {
  it("gives IPv4 before IPv6 addresses", async () => {
    const resolver = fake(
      { a: [{ address: "192.0.2.1", ttl: 60 }] },
      { a: [{ address: "2001:db8::1", ttl: 60 }] },
    );
    expect(await createLookup({ resolver })("A.")).toEqual(["192.0.2.1", "2001:db8::1"]);
  });

  it("does not wait for an IPv6 answer that never comes", async () => {
    const resolver = {
      ...fake({ a: [{ address: "192.0.2.1", ttl: 60 }] }),
      resolve6: () => new Promise<never>(() => undefined),
    };
    expect(await createLookup({ resolver })("a")).toEqual(["192.0.2.1"]);
  });

  it("is content with either family", async () => {
    const resolver = fake({ a: "ESERVFAIL" }, { a: [{ address: "2001:db8::1", ttl: 60 }] });
    expect(await createLookup({ resolver })("a")).toEqual(["2001:db8::1"]);
  });

  it("says that there is no such name only when both families say so", async () => {
    await expect(createLookup({ resolver: fake({}) })("a")).rejects.toMatchObject({ code: "ENOTFOUND" });
    const resolver = fake({ a: "ENODATA" }, { a: "ETIMEOUT" });
    await expect(createLookup({ resolver })("a")).rejects.toMatchObject({ code: "ETIMEOUT" });
  });

  it("asks once for the same name at the same time, and again when the TTL is over", async () => {
    let now = 0;
    const resolver = fake({ a: [{ address: "192.0.2.1", ttl: 100 }] });
    const lookup = createLookup({ resolver, now: () => now });
    await Promise.all([lookup("a"), lookup("a")]);
    now = 99_000;
    await lookup("a");
    expect(resolver.asked).toHaveLength(2);
    now = 101_000;
    await lookup("a");
    expect(resolver.asked).toHaveLength(4);
  });

  it("remembers for a while that there is no such name, but not a disturbance", async () => {
    let now = 0;
    const resolver = fake({ sick: "ESERVFAIL" }, { sick: "ESERVFAIL" });
    const lookup = createLookup({ resolver, now: () => now });
    for (const name of ["none", "none", "sick", "sick"]) await expect(lookup(name)).rejects.toThrow();
    expect(resolver.asked).toEqual(["none", "none", "sick", "sick", "sick", "sick"]);
    now = 31_000;
    await expect(lookup("none")).rejects.toThrow();
    expect(resolver.asked).toHaveLength(8);
  });

  it("asks for no more names at a time than it may", async () => {
    let running = 0;
    let most = 0;
    const resolve = async (): Promise<{ address: string; ttl: number }[]> => {
      most = Math.max(most, ++running);
      await new Promise((done) => setTimeout(done, 5));
      running--;
      return [{ address: "192.0.2.1", ttl: 60 }];
    };
    const resolver = { resolve4: resolve, resolve6: resolve, cancel: () => undefined };
    const lookup = createLookup({ resolver, concurrency: 3 });
    await Promise.all(Array.from({ length: 30 }, (_, n) => lookup(`host-${n}.test`)));
    // Both families of a name are asked for at the same time.
    expect(most).toBe(6);
  });

  it("forgets the oldest name beyond its size", async () => {
    const one = (address: string): Answer => [{ address, ttl: 300 }];
    const resolver = fake({ a: one("192.0.2.1"), b: one("192.0.2.2"), c: one("192.0.2.3") });
    const lookup = createLookup({ resolver, cacheSize: 2 });
    for (const name of ["a", "b", "c", "b", "a"]) await lookup(name);
    expect(resolver.asked.filter((_name, index) => index % 2 === 0)).toEqual(["a", "b", "c", "a"]);
  });

  it("never asks DNS for localhost", async () => {
    const resolver = fake({});
    expect(await createLookup({ resolver })("www.localhost")).toEqual(["127.0.0.1", "::1"]);
    expect(resolver.asked).toEqual([]);
  });
});
