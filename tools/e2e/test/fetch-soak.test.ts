import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { beforeAll, describe, expect, it } from "vitest";

import type { Soak } from "../src/index.js";

const rows = 20_000;

let soak: Soak;

beforeAll(async () => {
  const main = fileURLToPath(new URL("../dist/soak/main.js", import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [main, String(rows)]);
  soak = JSON.parse(stdout) as Soak;
});

describe("a day of downloads, condensed", () => {
  it("ends every row with the outcome that the web's answer must come to, in records and in events", () => {
    expect(soak.rows).toBe(rows);
    expect(soak.outcomes).toEqual(soak.expected);
    expect(soak.told).toEqual(soak.expected);
    expect(Object.values(soak.outcomes).reduce((sum, count) => sum + count, 0)).toBe(rows);
    expect(Object.keys(soak.outcomes)).toHaveLength(7);
  });

  it("leaves no handle open", () => {
    expect(soak.openHandles).toEqual([]);
  });

  it("takes memory that a list fifty times as long would also fit into", () => {
    expect(soak.rssPeak).toBeLessThan(400);
  });
});
