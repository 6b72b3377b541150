/**
 * `serve [more]` runs the sample web, with so many further rows; `generate <folder> [more]` writes its list and references, or those of
 * the further rows; `pairs <count>` says captions with their Spanish for training; `draw <folder>` draws pictures to try a captioner
 * with; `idle` does nothing until it is stopped.
 */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";

import { drawSamples } from "./draw-samples.js";
import { generateLists } from "./generate-lists.js";
import { generatePairs } from "./generate-pairs.js";
import { samplePort } from "./generate-rows.js";
import { identityPath, startSampleWeb } from "./start-sample-web.js";

/** Longer than the deadline of a request in the sample, so that a URL that hangs goes on hanging. */
const idleBeforeExitMs = 8_000;

const [verb, argument, third] = process.argv.slice(2);

if (verb === "serve") await serve(Number(argument ?? 0));
else if (verb === "generate" && argument !== undefined) await generate(argument, Number(third ?? 0));
else if (verb === "pairs" && Number(argument) > 0) process.stdout.write(generatePairs(Number(argument)));
else if (verb === "draw" && argument !== undefined) await draw(argument);
else if (verb === "idle") setInterval(() => undefined, 2 ** 30);
else {
  console.error(
    "usage: main.js serve [more] | generate <folder> [more] | pairs <count> | draw <folder> | idle",
  );
  process.exitCode = 2;
}

async function serve(more: number): Promise<void> {
  try {
    const { port, idleMs } = await startSampleWeb({ more });
    console.log(`sample web: listening on http://127.0.0.1:${port}`);
    // Ctrl-C reaches the stage, Nx and this web alike; the stage then finishes its parts, and must not find the web gone.
    let lingering = false;
    process.on("SIGINT", () => {
      lingering = true;
      setInterval(() => {
        if (idleMs() > idleBeforeExitMs) process.exit(0);
      }, 200);
    });
    process.on("SIGTERM", () => {
      if (!lingering) process.exit(0);
    });
  } catch (error) {
    if (!(await isSampleWeb())) {
      console.error(`sample web: port ${samplePort} cannot be had: ${(error as Error).message}`);
      process.exit(1);
    }
    console.log(`sample web: another one is listening on http://127.0.0.1:${samplePort}; it serves`);
    setInterval(() => undefined, 2 ** 30);
  }
}

/** Whether what listens on the port is one of us. */
async function isSampleWeb(): Promise<boolean> {
  const response = await fetch(`http://127.0.0.1:${samplePort}${identityPath}`).catch(() => null);
  return response?.ok ?? false;
}

async function generate(folder: string, more: number): Promise<void> {
  const { list, references } = generateLists(more);
  await writeFile(join(folder, "urls.tsv"), list);
  await writeFile(join(folder, "references.tsv"), references);
}

async function draw(folder: string): Promise<void> {
  const samples = await drawSamples(8);
  for (const { file, picture } of samples) await writeFile(join(folder, file), picture);
  const list = samples.map(({ file, caption }) => ({ file, caption }));
  await writeFile(join(folder, "samples.json"), `${JSON.stringify(list, null, 2)}\n`);
}
