import { describe, expect, it } from "vitest";

import { isOptedOut } from "./is-opted-out.js";

const cases: [robotsTag: string | string[], optedOut: boolean][] = [
  ["noai", true],
  ["NoAI", true],
  ["noimageai", true],
  ["other, noai", true],
  ["noindex, nofollow,noimageai", true],
  ["spawningbot: noai", true],
  ["SpawningBot : NOAI", true],
  ["other, spawningbot:noai", true],
  ["*: noai", true],
  ["spawningbot: all, noai", true],
  ["test: noindex, spawningbot: noai", true],
  [["noindex", "noai"], true],
  [["test: noai", "spawningbot: noai"], true],
  ["unavailable_after: 25 Jun 2027 15:00:00 PST, noai", true],
  ["unavailable_after: Friday, 25-Jun-27 15:00:00 GMT, noai", true],
  ["max-snippet: 20, noai", true],
  ["max-image-preview:large, spawningbot: noai", true],
  [":noai, noai", true],
  ["", false],
  ["noindex", false],
  ["all", false],
  ["none", false],
  ["noaix", false],
  ["spawningbot: all", false],
  ["test:noai", false],
  ["other, test:noai", false],
  ["unavailable_after: 25 Jun 2027 15:00:00 PST, test:noai", false],
  ["test: noai, noimageai", false],
  ["spawningbot: all, test: noai", false],
  ["xspawningbot: noai", false],
  [["test: noai", "noindex"], false],
  [":,", false],
  [":, :, ,;: -:: ", false],
];

describe("isOptedOut", () => {
  it.each(cases)("X-Robots-Tag %j: %s", (robotsTag, optedOut) => {
    expect(isOptedOut({ "x-robots-tag": robotsTag }, { userAgentToken: "spawningbot" })).toBe(optedOut);
  });

  it.each([
    ["1", true],
    [" 1 ", true],
    ["0", false],
    ["", false],
    ["true", false],
    ["11", false],
    [["0", "1"], true],
  ] as const)("TDM-Reservation %j: %s", (value, optedOut) => {
    const header = typeof value === "string" ? value : [...value];
    expect(isOptedOut({ "tdm-reservation": header }, { userAgentToken: "leyenda" })).toBe(optedOut);
  });

  it("takes other directives for a no when asked to", () => {
    const options = { userAgentToken: "leyenda", directives: ["noindex"] };
    expect(isOptedOut({ "x-robots-tag": "noindex" }, options)).toBe(true);
    expect(isOptedOut({ "x-robots-tag": "noai" }, options)).toBe(false);
  });

  it("finds nothing in headers without signals", () => {
    expect(isOptedOut({ "content-type": "image/jpeg" }, { userAgentToken: "leyenda" })).toBe(false);
  });
});
