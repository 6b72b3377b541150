// What the stages here share. They are JavaScript, since processes of their own load them as they are.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { appendFile, readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { contentNaming } from "@leyenda/core";

/** The "list": `{ parts, ms, fails, journal }`, read anew each time, so that a test can change it while a build goes on. */
export function listOf(config) {
  return JSON.parse(readFileSync(config.source.path, "utf8"));
}

export function hash(text) {
  return createHash("sha256").update(text).digest("hex");
}

/** A stage whose parts take `ms`, and hold `content`. */
export function slowStage(rest, content) {
  return {
    partsInFlight: 1,
    recordFolder: ".",
    naming: contentNaming,
    versions: () => ({}),
    options: () => ({ "source.kind": "listed" }),
    async *run(part, context) {
      const { ms, fails = [], journal } = listOf(context.config);
      const tell = (what) =>
        appendFile(
          journal,
          `${JSON.stringify({ stage: rest.name, part: part.name, what, workers: context.workers, pid: process.pid })}\n`,
        );
      await tell("begun");
      await sleep(ms, undefined, { signal: context.signal });
      if (fails.includes(`${rest.name} ${part.name}`)) throw new Error("broken on purpose");
      await (await context.create("rows.arrow")).write([Buffer.from(await content(part, context))]);
      await tell("ended");
      yield { rows: part.rows, bytes: 0, outcomes: { ok: part.rows } };
      return { rows: part.rows, outcomes: { ok: part.rows } };
    },
    ...rest,
  };
}

export function readPart(folder, name) {
  return readFile(join(folder, name), "utf8");
}
