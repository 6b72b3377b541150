import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { describe, expect, it } from "vitest";

const oracle = fileURLToPath(new URL("../../../../tools/oracle", import.meta.url));

const tenMinutes = 600_000;

/** What makes each of them, once it is there: small, full, formats. */
const recorded = { small: "greedy.ids", full: "greedy.ids", formats: "expected.json" };

describe("ids of transformers on real captions, in every row", () => {
  for (const [name, file] of Object.entries(recorded)) {
    const folder = join(oracle, "generated/marian", name);
    const test = it.skipIf(!existsSync(join(folder, file)));
    test(`${name} (needs what tools/oracle/marian-parity.sh makes)`, { timeout: tenMinutes }, async () => {
      const { stdout } = await promisify(execFile)("node", [join(oracle, "marian-parity.mjs"), folder]);
      const lines = stdout.trimEnd().split("\n");
      expect(lines.length).toBeGreaterThan(0);
      for (const line of lines) expect(line).toMatch(/: (\d+) of \1 rows equal$/);
    });
  }
});
