import { readFile } from "node:fs/promises";

import { LeyendaError } from "@leyenda/core";
import { Command, CommanderError } from "commander";

import { describeError } from "./describe-error.js";
import type { Io } from "./io.js";
import { addBuildVerb } from "./verbs/build.js";
import { addCaptionVerb } from "./verbs/caption.js";
import { addDashboardVerb } from "./verbs/dashboard.js";
import { addDiffVerb } from "./verbs/diff.js";
import { addEnqueueVerb } from "./verbs/enqueue.js";
import { addEvalVerb } from "./verbs/eval.js";
import { addExportVerb } from "./verbs/export.js";
import { addFetchVerb } from "./verbs/fetch.js";
import { addModelVerb } from "./verbs/model.js";
import { addPushVerb } from "./verbs/push.js";
import { addRebuildVerb } from "./verbs/rebuild.js";
import { addSchemaVerb } from "./verbs/schema.js";
import { addServeVerb } from "./verbs/serve.js";
import { addStageVerbs } from "./verbs/stages.js";
import { addStatusVerb } from "./verbs/status.js";
import { addTakedownVerb } from "./verbs/takedown.js";
import { addTranslateVerb } from "./verbs/translate.js";
import { addVerifyVerb } from "./verbs/verify.js";
import { addViewVerb } from "./verbs/view.js";
import { addWorkerVerb } from "./verbs/worker.js";

/** A verb's way to say how it ended. */
export interface Verb {
  io: Io;
  exit: (code: number) => void;
}

/**
 * Runs the `leyenda` command.
 *
 * @returns the exit code: 0, 1 for an error, 2 for wrong usage, 130 and 143 when interrupted
 */
export async function runCli(args: readonly string[], io: Io): Promise<number> {
  let code = 0;
  const verb: Verb = {
    io,
    exit: (value) => {
      code = value;
    },
  };
  const program = new Command("leyenda")
    .description("Builds Spanish image-caption datasets from lists of image URLs.")
    .version(await version())
    .showSuggestionAfterError()
    .configureOutput({ writeOut: io.out, writeErr: io.err })
    // Otherwise the options behind "fetch retry" would be taken for those of "fetch".
    .enablePositionalOptions()
    .exitOverride();
  addFetchVerb(program, verb);
  addStageVerbs(program, verb);
  addEvalVerb(program, verb);
  addTranslateVerb(program, verb);
  addBuildVerb(program, verb);
  addEnqueueVerb(program, verb);
  addWorkerVerb(program, verb);
  addDashboardVerb(program, verb);
  addExportVerb(program, verb);
  addVerifyVerb(program, verb);
  addDiffVerb(program, verb);
  addRebuildVerb(program, verb);
  addTakedownVerb(program, verb);
  addPushVerb(program, verb);
  addViewVerb(program, verb);
  addCaptionVerb(program, verb);
  addServeVerb(program, verb);
  addStatusVerb(program, verb);
  addModelVerb(program, verb);
  addSchemaVerb(program, verb);
  for (const command of program.commands) command.copyInheritedSettings(program);
  try {
    await program.parseAsync(args, { from: "user" });
    return code;
  } catch (error) {
    // Help and version come as errors with code 0; what commander finds wrong it has already said.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    io.err(describeError(error));
    if (args.includes("--json")) io.out(`${JSON.stringify({ type: "error", ...plain(error) })}\n`);
    return 1;
  }
}

async function version(): Promise<string> {
  const text = await readFile(new URL("../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}

function plain(error: unknown): object {
  if (!(error instanceof Error)) return { message: String(error) };
  const { message, stack } = error;
  if (!(error instanceof LeyendaError)) return { message, stack };
  const { code, where, expected, hint } = error;
  return { code, message, where, expected, hint };
}
