import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { normaliseUrl } from "./normalise-url.js";

const cases: [name: string, raw: string, expected: string | null][] = [
  ["a plain URL", "http://example.org/a.jpg", "http://example.org/a.jpg"],
  ["white space around", " \t\u00a0http://example.org/a.jpg\r\n", "http://example.org/a.jpg"],
  ["a space inside", "http://example.org/a b.jpg", "http://example.org/a%20b.jpg"],
  ["a space in the query", "http://example.org/?q=a b", "http://example.org/?q=a%20b"],
  ["ñ in the path", "http://example.org/niño.jpg", "http://example.org/ni%C3%B1o.jpg"],
  ["ñ in the host", "http://España.example/", "http://xn--espaa-rta.example/"],
  ["what is encoded stays so", "http://example.org/a%20b%2Fc", "http://example.org/a%20b%2Fc"],
  ["upper-case scheme and host", "HTTP://EXAMPLE.org/A.JPG", "http://example.org/A.JPG"],
  ["no path", "https://example.org", "https://example.org/"],
  ["the default port", "https://example.org:443/a", "https://example.org/a"],
  ["another port", "http://example.org:8080/a", "http://example.org:8080/a"],
  ["dot segments", "http://example.org/a/../b/./c", "http://example.org/b/c"],
  ["backslashes", "http:\\\\example.org\\a", "http://example.org/a"],
  ["a missing slash", "http:/example.org/a", "http://example.org/a"],
  ["a tab and a newline inside", "http://example.org/a\tb\nc", "http://example.org/abc"],
  ["a fragment", "http://example.org/a#b", "http://example.org/a"],
  ["an empty fragment", "http://example.org/a#", "http://example.org/a"],
  ["an empty query stays", "http://example.org/a?", "http://example.org/a?"],
  ["credentials", "http://user:pass@example.org/a", "http://example.org/a"],
  ["a decimal host", "http://2130706433/", "http://127.0.0.1/"],
  ["an octal host", "http://0177.0.0.01/", "http://127.0.0.1/"],
  ["a hexadecimal host", "http://0x7f.1/", "http://127.0.0.1/"],
  ["full-width digits", "http://１２７.0.0.1/", "http://127.0.0.1/"],
  ["a mapped IPv6 host", "http://[::ffff:127.0.0.1]/", "http://[::ffff:7f00:1]/"],
  ["quotes and brackets", 'http://example.org/"<a>"|[1]', "http://example.org/%22%3Ca%3E%22|[1]"],
  ["a lone surrogate", "http://example.org/\ud800", "http://example.org/%EF%BF%BD"],
  ["nothing", "", null],
  ["white space only", "  ", null],
  ["no scheme", "example.org/a.jpg", null],
  ["no scheme but slashes", "//example.org/a.jpg", null],
  ["a path", "/a.jpg", null],
  ["no host", "http://", null],
  ["a host with a space", "http://exa mple.org/", null],
  ["an impossible port", "http://example.org:99999/", null],
  ["an impossible IPv4 host", "http://1.2.3.256/", null],
  ["file", "file:///etc/passwd", null],
  ["data", "data:image/png;base64,iVBORw0KGgo=", null],
  ["ftp", "ftp://example.org/a.jpg", null],
  ["javascript", "javascript:alert(1)", null],
  ["blob", "blob:https://example.org/1", null],
  ["8,192 characters", `http://e/${"a".repeat(8_183)}`, `http://e/${"a".repeat(8_183)}`],
  ["8,193 characters", `http://e/${"a".repeat(8_184)}`, null],
  ["too long once encoded", `http://e/${"ñ".repeat(3_000)}`, null],
];

describe("normaliseUrl", () => {
  it.each(cases)("%s", (_name, raw, expected) => {
    expect(normaliseUrl(raw)).toBe(expected);
  });

  it("resolves a reference against its base", () => {
    expect(normaliseUrl("../b.jpg?x#y", "https://u:p@example.org/a/c/d")).toBe(
      "https://example.org/a/b.jpg?x",
    );
    expect(normaliseUrl("//other.example/b", "https://example.org/a")).toBe("https://other.example/b");
    expect(normaliseUrl("file:///etc/passwd", "https://example.org/a")).toBeNull();
  });

  it("never throws and changes no normal form", () => {
    const text = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.webUrl({ withFragments: true, withQueryParameters: true }),
      fc.string({ unit: "binary" }).map((rest) => `http://${rest}`),
      fc.string({ unit: "grapheme" }).map((rest) => `https://example.org/${rest}`),
    );
    fc.assert(
      fc.property(text, (raw) => {
        const normal = normaliseUrl(raw);
        if (normal === null) return;
        expect(normal).toMatch(/^https?:\/\/[\x21-\x7e]+$/);
        expect(normaliseUrl(normal)).toBe(normal);
      }),
      { numRuns: 2_000 },
    );
  });
});
