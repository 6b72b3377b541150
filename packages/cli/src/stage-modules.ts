import type { Stage } from "@leyenda/core";

/** The stages of each verb, in order. Loaded when they are wanted: sharp and onnxruntime take their time. */
export const stageModules = {
  fetch: [async (): Promise<Stage> => (await import("@leyenda/fetch/stage")).stage],
  clean: [
    async (): Promise<Stage> => (await import("@leyenda/clean/stage")).stage,
    async (): Promise<Stage> => (await import("@leyenda/clean/select-stage")).stage,
  ],
  translate: [async (): Promise<Stage> => (await import("@leyenda/translate/stage")).stage],
  shards: [
    async (): Promise<Stage> => (await import("@leyenda/shards/arrange-stage")).stage,
    async (): Promise<Stage> => (await import("@leyenda/shards/stage")).stage,
  ],
  eval: [async (): Promise<Stage> => (await import("@leyenda/eval/stage")).stage],
} as const satisfies Record<string, readonly (() => Promise<Stage>)[]>;

export type StageVerb = keyof typeof stageModules;

export const stageVerbs = Object.keys(stageModules) as StageVerb[];
