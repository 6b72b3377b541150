import { expect, it } from "vitest";

import { retryAfter } from "./retry-after.js";

const now = Date.parse("2026-03-01T12:00:00Z");

it.each([
  ["0", 0],
  ["120", 120_000],
  [" 7 ", 7_000],
  ["Sun, 01 Mar 2026 12:00:30 GMT", 30_000],
  ["Sunday, 01-Mar-26 12:01:00 GMT", 60_000],
  ["Sun, 01 Mar 2026 11:00:00 GMT", 0],
  ["-1", null],
  ["1.5", null],
  ["soon", null],
  ["", null],
  [undefined, null],
])("Retry-After %j is %j ms", (header, expected) => {
  expect(retryAfter(header, now)).toBe(expected);
});
