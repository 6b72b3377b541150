import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { decidingRule } from "./deciding-rule.js";
import { matchPath } from "./match-path.js";
import { parseRobotsTxt } from "./parse-robots-txt.js";

function allowed(text: string, path: string, token = "leyenda"): boolean {
  return decidingRule(parseRobotsTxt(text, token), path)?.allow ?? true;
}

describe("robots.txt", () => {
  it.each([
    ["nothing", "", "/a", true],
    ["no rule for us", "User-agent: other\nDisallow: /", "/a", true],
    ["everyone", "User-agent: *\nDisallow: /", "/a", false],
    ["ours before everyone's", "User-agent: *\nDisallow: /\n\nUser-agent: Leyenda\nDisallow: /b", "/a", true],
    ["our name with a version", "User-agent: leyenda/0.1 (x)\nDisallow: /", "/a", false],
    ["a longer name", "User-agent: leyenda-images\nDisallow: /", "/a", true],
    ["a shorter name", "User-agent: leyen\nDisallow: /", "/a", true],
    ["several names", "User-agent: other\nUser-agent: leyenda\nDisallow: /", "/a", false],
    [
      "groups of one name together",
      "User-agent: leyenda\nDisallow: /a\n\nUser-agent: leyenda\nDisallow: /b",
      "/a",
      false,
    ],
    [
      "other lines end no group",
      "User-agent: leyenda\nCrawl-delay: 1\nUser-agent: x\nSitemap: /s\nDisallow: /",
      "/a",
      false,
    ],
    ["an empty Disallow", "User-agent: *\nDisallow:", "/a", true],
    ["the longest rule", "User-agent: *\nDisallow: /a\nAllow: /a/b", "/a/b/c", true],
    ["the longest rule, whatever the order", "User-agent: *\nAllow: /a\nDisallow: /a/b", "/a/b/c", false],
    ["allow where both are as long", "User-agent: *\nDisallow: /a\nAllow: /a", "/a", true],
    ["CRLF", "User-agent: *\r\nDisallow: /a\r\n", "/a", false],
    ["CR alone", "User-agent: *\rDisallow: /a\r", "/a", false],
    ["a byte order mark", "\ufeffUser-agent: *\nDisallow: /a", "/a", false],
    ["comments", "User-agent: * # all\nDisallow: /a # here", "/a", false],
    ["odd spelling", "  USER-AGENT :*\n\tdisAllow :/a", "/a", false],
    ["rules before any group", "Disallow: /\nUser-agent: *\nDisallow: /b", "/a", true],
    ["robots.txt itself", "User-agent: *\nDisallow: /", "/robots.txt", true],
    ["HTML", "<!DOCTYPE html><html><body>Disallow: /</body></html>", "/a", true],
  ])("%s", (_name, text, path, expected) => {
    expect(allowed(text, path)).toBe(expected);
  });

  it.each([
    ["/", "/a", true],
    ["/fish", "/fish/salmon.html", true],
    ["/fish", "/Fish.asp", false],
    ["/fish*", "/fishheads", true],
    ["/*.php", "/folder/any.php.file.html?x", true],
    ["/*.php$", "/filename.php", true],
    ["/*.php$", "/filename.php?parameters", false],
    ["/*.php$", "/a.php/b.php", true],
    ["/fish*.php", "/fishheads/catfish.php?id=1", true],
    ["/a$", "/a", true],
    ["/a$", "/ab", false],
    ["/*a*b$", "/ab", true],
    ["/aba*aba$", "/aba", false],
    ["/a?b", "/a?b", true],
    ["/foo/bar/ツ", "/foo/bar/%E3%83%84", true],
    ["/foo/bar/%e3%83%84", "/foo/bar/%E3%83%84", true],
    ["/foo/%62ar", "/foo/bar", true],
    ["/a%2Fb", "/a/b", false],
    ["/a%3cd.html", "/a%3Cd.html", true],
    ["/*", "/", true],
  ])("%s fits %s: %s", (pattern, path, expected) => {
    expect(matchPath(pattern, path)).toBe(expected);
  });

  it("fits like the regular expression that says the same", () => {
    const text = fc.string({ unit: fc.constantFrom("a", "b", "/", "*", "$", "%41"), maxLength: 10 });
    fc.assert(
      fc.property(
        text,
        fc.string({ unit: fc.constantFrom("a", "b", "/", "A"), maxLength: 12 }),
        (rest, path) => {
          const pattern = `/${rest}`;
          const escaped = pattern
            .replaceAll("%41", "A")
            .replace(/\$(?!$)/g, "\\$")
            .replaceAll("*", ".*");
          expect(matchPath(pattern, `/${path}`)).toBe(new RegExp(`^${escaped}`).test(`/${path}`));
        },
      ),
      { numRuns: 500 },
    );
  });

  it("says which line decided", () => {
    const robots = parseRobotsTxt("# mine\nUser-agent: *\n\nDisallow: /private/\n", "leyenda");
    expect(decidingRule(robots, "/private/a.jpg")).toEqual({ allow: false, path: "/private/", line: 4 });
  });
});
