import { join } from "node:path";

import type { FetchConfig } from "../config/dataset-config.js";
import { hashJson, type Json } from "../hash/hash-json.js";
import { Attempt } from "../parts/attempt.js";
import type { PartPlan, PartProgress, Stage, StageContext } from "./stage.js";

export interface MakePartOptions<Config extends FetchConfig> {
  stage: Stage<Config>;
  part: PartPlan;
  context: StageContext<Config>;
  /** The stage's options, as they go into the record. */
  options: Record<string, Json>;
  signal: AbortSignal;
  onProgress: (progress: PartProgress) => void;
}

/**
 * Makes one part and commits it.
 *
 * @returns whether this attempt won, and its seconds
 * @throws what the stage throws; nothing of the attempt is left then
 */
export async function makePart<Config extends FetchConfig>(
  input: MakePartOptions<Config>,
): Promise<{ won: boolean; seconds: number }> {
  const { stage, part, context, options } = input;
  const folder = context.folders[stage.folder];
  const started = performance.now();
  const attempt = new Attempt({
    folder,
    recordFolder: join(folder, stage.recordFolder),
    part: part.name,
    naming: stage.naming,
  });
  try {
    const steps = stage.run(part, {
      ...context,
      signal: input.signal,
      create: (role) => attempt.create(role),
    });
    let step = await steps.next();
    while (step.done !== true) {
      input.onProgress(step.value);
      step = await steps.next();
    }
    const { rows, outcomes, facts } = step.value;
    checkSum(part, rows, outcomes);
    const seconds = (performance.now() - started) / 1000;
    const won = await attempt.commit((files) => ({
      stage: stage.name,
      part: part.name,
      inputHash: part.inputHash,
      options,
      configHash: hashJson(options),
      rows,
      outcomes,
      files,
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

function checkSum(part: PartPlan, rows: number, outcomes: Partial<Record<string, number>>): void {
  const sum = Object.values(outcomes).reduce<number>((total, count) => total + (count ?? 0), 0);
  if (rows !== part.rows || sum !== rows) {
    throw new Error(`${part.name}: ${part.rows} rows went in, ${rows} came out with ${sum} outcomes`);
  }
}
