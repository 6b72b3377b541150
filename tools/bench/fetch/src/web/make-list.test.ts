import { describe, expect, it } from "vitest";

import { hostAddress, type ListOptions, makeList } from "./make-list.js";

const options: ListOptions = {
  urls: 4_000,
  hosts: 300,
  port: 8099,
  photos: ["a.jpg", "b.jpg", "c.jpg"],
  delays: { 0: 50, 200: 50 },
  answers: { photo: 75, not_found: 25 },
  seed: "test",
};

describe("the list of the benchmark web", () => {
  it("is the same for the same seed and another for another", () => {
    expect(makeList(options)).toEqual(makeList(options));
    expect(makeList({ ...options, seed: "other" })).not.toEqual(makeList(options));
  });

  it("holds the answers in their shares, no URL twice, over all hosts", () => {
    const list = makeList(options);
    const photos = list.filter(({ answer }) => answer === "photo").length;
    expect(photos / list.length).toBeCloseTo(0.75, 1);
    expect(new Set(list.map(({ url }) => url)).size).toBe(list.length);
    expect(new Set(list.map(({ url }) => new URL(url).host)).size).toBe(300);
  });

  it("refuses shares that do not add up to 100", () => {
    expect(() => makeList({ ...options, answers: { photo: 50 } })).toThrow(RangeError);
  });

  it("gives every host an address of its own", () => {
    const addresses = Array.from({ length: 1_000 }, (_, host) => hostAddress(host));
    expect(new Set(addresses).size).toBe(1_000);
  });
});
