import { describe, expect, it } from "vitest";

import { rowKey } from "./row-key.js";

describe("rowKey", () => {
  it("is the first half of SHA-256 over URL, NUL and caption, for ever", () => {
    // printf 'http://a.example/b.jpg\0a red bus' | sha256sum
    expect(rowKey("http://a.example/b.jpg", "a red bus")).toBe("b1d5aa0ccbee56d085f31fa7a89ebd6c");
  });

  it("keeps the border between URL and caption", () => {
    expect(rowKey("a", "b")).not.toBe(rowKey("ab", ""));
  });
});
