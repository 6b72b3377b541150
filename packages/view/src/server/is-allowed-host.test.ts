import { describe, expect, it } from "vitest";

import { isAllowedHost } from "./is-allowed-host.js";

describe("the Host of a request", () => {
  it.each(["localhost:8420", "127.0.0.1:8420", "[::1]:8420", "LOCALHOST", "192.168.1.7:80", "box.lan:8420"])(
    "may be %s",
    (host) => {
      expect(isAllowedHost(host, "box.lan")).toBe(true);
    },
  );

  it.each([
    undefined,
    "",
    "attacker.example:8420",
    "localhost.attacker.example",
    "a@localhost",
    "localhost/x",
    "127.0.0.1.nip.io",
  ])("may not be %s", (host) => {
    expect(isAllowedHost(host, "127.0.0.1")).toBe(false);
  });
});
