import { expect, it } from "vitest";

import { matchHost } from "./match-host.js";

it.each([
  ["example.org", "example.org", true],
  ["Example.org", "EXAMPLE.ORG", true],
  ["example.org", "www.example.org", false],
  ["*.example.org", "www.example.org", true],
  ["*.example.org", "a.b.example.org", true],
  ["*.example.org", "example.org", false],
  ["*.example.org", "evilexample.org", false],
  ["example.*", "example.net", true],
  ["*", "anything", true],
  ["127.0.0.*", "127.0.0.9", true],
  ["127.0.0.*", "127.0.1.9", false],
  ["[::1]", "::1", true],
  ["a*a", "a", false],
  ["a*b*c", "aXbYc", true],
  ["a*b*c", "aXcYb", false],
  ["a*bc*c", "abc", false],
  ["a.c", "abc", false],
])("pattern %s and host %s: %s", (pattern, hostname, expected) => {
  expect(matchHost(pattern, hostname)).toBe(expected);
});
