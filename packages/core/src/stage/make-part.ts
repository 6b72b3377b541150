import { join } from "node:path";

import type { FetchConfig } from "../config/dataset-config.js";
import { hashJson, type Json } from "../hash/hash-json.js";
import { Attempt } from "../parts/attempt.js";
import type { Danger } from "./danger.js";
import type { PartContext, PartPlan, PartProgress, PartResult, Stage, StageContext } from "./stage.js";

export interface MakePartOptions<Config extends FetchConfig> {
  stage: Stage<Config>;
  part: PartPlan;
  context: StageContext<Config>;
  /** The stage's options, as they go into the record. */
  options: Record<string, Json>;
  signal: AbortSignal;
  danger: Danger;
  onProgress: (progress: PartProgress) => void;
}

/**
 * Makes one part, or some of its rows again, and commits it.
 *
 * @returns whether the part has a new record of this attempt, and its seconds
 * @throws what the stage throws; nothing of the attempt is left then
 */
export async function makePart<Config extends FetchConfig>(
  input: MakePartOptions<Config>,
): Promise<{ won: boolean; seconds: number }> {
  const { stage, part, context, options } = input;
  const folder = context.folders[stage.folder];
  const started = performance.now();
  const base = part.revision?.of;
  const revision = base === undefined ? 0 : base.revision + 1;
  const attempt = new Attempt({
    folder,
    recordFolder: join(folder, stage.recordFolder),
    part: part.name,
    revision,
    naming: stage.naming,
  });
  try {
    const steps = start(stage, part, {
      ...context,
      signal: input.signal,
      danger: input.danger,
      create: (role) => attempt.create(role),
      createFolder: (role) => attempt.createFolder(role),
    });
    let step = await steps.next();
    while (step.done !== true) {
      input.onProgress(step.value);
      step = await steps.next();
    }
    const seconds = (performance.now() - started) / 1000;
    if (step.value === null) {
      await attempt.discard();
      return { won: false, seconds };
    }
    const { rows, outcomes, facts } = step.value;
    checkSum(part, rows, outcomes);
    const won = await attempt.commit((files) => ({
      stage: stage.name,
      part: part.name,
      revision,
      inputHash: base?.inputHash ?? part.inputHash,
      options: base?.options ?? options,
      configHash: base?.configHash ?? hashJson(options),
      rows,
      outcomes,
      files: { ...base?.files, ...files },
      facts: facts ?? {},
      seconds: Math.round(seconds * 1000) / 1000,
      versions: stage.versions(),
    }));
    return { won, seconds };
  } catch (error) {
    await attempt.discard();
    throw error;
  }
}

function start<Config extends FetchConfig>(
  stage: Stage<Config>,
  part: PartPlan,
  context: PartContext<Config>,
): AsyncGenerator<PartProgress, PartResult | null> {
  if (part.revision === undefined) return stage.run(part, context);
  if (stage.revise === undefined) throw new Error(`stage ${stage.name} cannot make rows again`);
  return stage.revise(part, context, part.revision.of, part.revision.request);
}

function checkSum(part: PartPlan, rows: number, outcomes: Partial<Record<string, number>>): void {
  const sum = Object.values(outcomes).reduce<number>((total, count) => total + (count ?? 0), 0);
  if (rows !== (part.revision?.of.rows ?? part.rows) || sum !== rows) {
    throw new Error(`${part.name}: ${part.rows} rows went in, ${rows} came out with ${sum} outcomes`);
  }
}
