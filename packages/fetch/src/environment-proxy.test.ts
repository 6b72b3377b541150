import { describe, expect, it } from "vitest";

import { environmentProxy } from "./environment-proxy.js";

const at = (hostname: string, port = 80) => ({ protocol: "http:", hostname, port }) as const;
const proxy = "http://proxy.test:3128";

describe("environmentProxy", () => {
  it.each<[Record<string, string>, string | undefined, string | undefined]>([
    [{}, undefined, undefined],
    [{ HTTP_PROXY: proxy }, proxy, undefined],
    [{ https_proxy: proxy }, undefined, proxy],
    [{ ALL_PROXY: proxy }, proxy, proxy],
    [{ http_proxy: proxy, HTTP_PROXY: "http://other.test" }, proxy, undefined],
    [{ http_proxy: "", HTTP_PROXY: proxy }, proxy, undefined],
    [{ HTTPS_PROXY: "proxy.test:3128" }, undefined, proxy],
    [{ HTTP_PROXY: proxy, NO_PROXY: "*" }, undefined, undefined],
  ])("reads %j", (environment, http, https) => {
    expect(environmentProxy(at("example.org"), environment)).toBe(http);
    expect(environmentProxy({ ...at("example.org", 443), protocol: "https:" }, environment)).toBe(https);
  });

  it.each<[string, string, number, boolean]>([
    ["example.org", "example.org", 80, true],
    ["example.org", "img.example.org", 80, true],
    [".example.org", "img.example.org", 80, true],
    ["*.example.org", "img.example.org", 80, true],
    ["EXAMPLE.org", "example.ORG", 80, true],
    ["example.org", "badexample.org", 80, false],
    ["a.test, example.org", "example.org", 80, true],
    ["a.test example.org", "example.org", 80, true],
    ["example.org:8080", "example.org", 8080, true],
    ["example.org:8080", "example.org", 80, false],
    ["10.1.2.3", "10.1.2.3", 80, true],
    ["10.1.2.3", "110.1.2.3", 80, false],
    ["10.0.0.0/8", "10.1.2.3", 80, true],
    ["10.0.0.0/8", "11.1.2.3", 80, false],
    ["10.0.0.0/8", "example.org", 80, false],
    ["10.0.0.0/8", "::ffff:10.1.2.3", 80, true],
    ["2001:db8::/32", "2001:db8::1", 80, true],
    ["2001:db8::1", "2001:db8::1", 80, true],
    ["[2001:db8::1]:80", "2001:db8::1", 80, true],
    [",, ,", "example.org", 80, false],
  ])("NO_PROXY=%j and %s:%d", (list, hostname, port, exempt) => {
    const found = environmentProxy(at(hostname, port), { HTTP_PROXY: proxy, NO_PROXY: list });
    expect(found).toBe(exempt ? undefined : proxy);
  });
});
