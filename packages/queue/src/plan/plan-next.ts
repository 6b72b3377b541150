import {
  type Executor,
  hashJson,
  runStage,
  type Stage,
  type StageContext,
  type StageEvent,
} from "@leyenda/core";

/** What of a build can be made now: parts of the first stage that is not complete. */
export interface NextParts {
  stage: Stage["name"];
  /** Of the stage's options. */
  configHash: string;
  /** Missing ones; none where only the manifest is missing. */
  parts: { name: string; inputHash: string }[];
  /** The stage after it, where its parts can be made one by one as soon as that of the same name is there. */
  then: { stage: Stage["name"]; configHash: string } | null;
}

/** How far a stage is. */
export interface StageProgress {
  parts: number;
  partsDone: number;
  rows: number;
  rowsDone: number;
}

export interface PlanNextOptions extends StageContext {
  overwrite: boolean;
  /** Whether to write the manifests of stages whose parts are all there, and go on; else that is what comes next. */
  finish: boolean;
  onStage?: (stage: Stage["name"], progress: StageProgress) => void;
  onWarning?: (message: string) => void;
}

/** Ends a run of a stage whose parts others make. */
class Planned extends Error {}

/**
 * Goes through the stages as a build on one machine does, with an executor that makes nothing.
 *
 * @returns null where the build is complete
 * @throws LeyendaError as `runStage` does
 */
export async function planNext(
  stages: readonly Stage[],
  options: PlanNextOptions,
): Promise<NextParts | null> {
  const { overwrite, finish, onStage, onWarning, ...context } = options;
  let next: NextParts | null = null;
  for (const [index, stage] of stages.entries()) {
    const executor: Executor = {
      makeParts: async (work) => {
        if (work.parts.length === 0 && finish) return;
        next = {
          stage: stage.name,
          configHash: hashJson(work.options),
          parts: work.parts.map(({ name, inputHash }) => ({ name, inputHash })),
          then: await following(stages[index + 1], context),
        };
        throw new Planned();
      },
    };
    const onEvent = (event: StageEvent): void => {
      if (event.type === "warning") onWarning?.(event.message);
      else if (event.type === "plan") onStage?.(stage.name, event);
      else if (event.type === "done") {
        const { parts, rows } = event.manifest;
        onStage?.(stage.name, { parts: parts.length, partsDone: parts.length, rows, rowsDone: rows });
      }
    };
    try {
      // A report can always be made again, so there is nothing to protect.
      await runStage(stage, { ...context, overwrite: overwrite || stage.name === "eval", executor, onEvent });
    } catch (error) {
      if (error instanceof Planned) return next;
      throw error;
    }
  }
  return null;
}

async function following(stage: Stage | undefined, context: StageContext): Promise<NextParts["then"]> {
  if (stage?.planFrom === undefined) return null;
  return { stage: stage.name, configHash: hashJson(await stage.options(context)) };
}
