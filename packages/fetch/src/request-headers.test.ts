import { describe, expect, it } from "vitest";

import { requestHeaders } from "./request-headers.js";

describe("requestHeaders", () => {
  it("puts names in lower case", () => {
    expect(requestHeaders({ "Accept-Language": "es", referer: "https://e/" })).toEqual({
      "accept-language": "es",
      referer: "https://e/",
    });
  });

  it.each([
    ["host", "example.org", "the URL says it"],
    ["Connection", "close", "belongs to the connection"],
    ["transfer-encoding", "chunked", "belongs to the connection"],
    ["Proxy-Authorization", "Basic x", "belong into its URL"],
    ["authorization", "Bearer x", "would be sent to every host"],
    ["Cookie", "a=b", "would be sent to every host"],
    ["User-Agent", "x", "its own option, userAgent"],
    ["range", "bytes=0-9", "no whole picture"],
    ["a b", "c", "valid HTTP token"],
    ["", "c", "valid HTTP token"],
    ["x-a", "b\r\nx-c: d", "Invalid character"],
    ["x-a", "\u{1f600}", "Invalid character"],
  ])("refuses %j: %j", (name, value, reason) => {
    expect(() => requestHeaders({ [name]: value })).toThrow(
      expect.objectContaining({ code: "CONFIG_INVALID", message: expect.stringContaining(reason) as string }),
    );
  });

  it("refuses the same name twice", () => {
    expect(() => requestHeaders({ "x-a": "1", "X-A": "2" })).toThrow("twice");
  });
});
