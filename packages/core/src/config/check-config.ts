import type { z } from "zod";

import { LeyendaError } from "../errors.js";

/** One option set outside the file: `["fetch", "concurrency"]` and its value. */
export interface ConfigOverride {
  path: readonly string[];
  value: unknown;
  /** What the user wrote, for error messages, such as `--fetch.concurrency`. */
  origin: string;
}

/**
 * Lays overrides over a config's values, in place, and checks the result.
 *
 * @param where what the values come from, for the error
 * @throws LeyendaError CONFIG_INVALID naming each wrong option, what was expected and what came
 */
export function checkConfig<Schema extends z.ZodType>(
  schema: Schema,
  raw: Record<string, unknown>,
  overrides: readonly ConfigOverride[],
  where: string,
): z.infer<Schema> {
  for (const { path, value } of overrides) setAt(raw, path, value);
  const parsed = schema.safeParse(raw);
  if (parsed.success) return parsed.data;
  const lines = parsed.error.issues.map((issue) => describe(issue, raw, overrides));
  throw new LeyendaError(
    "CONFIG_INVALID",
    `the dataset config has ${lines.length} wrong option(s)\n${lines.join("\n")}`,
    {
      where,
      hint: "compare with datasets/sample/dataset.json; editors complete and check it through $schema",
    },
  );
}

function setAt(target: Record<string, unknown>, keys: readonly string[], value: unknown): void {
  const [head, ...rest] = keys;
  if (head === undefined) return;
  if (rest.length === 0) {
    target[head] = value;
    return;
  }
  const inner = target[head];
  const next = inner !== null && typeof inner === "object" ? (inner as Record<string, unknown>) : {};
  target[head] = next;
  setAt(next, rest, value);
}

function describe(issue: z.core.$ZodIssue, raw: unknown, overrides: readonly ConfigOverride[]): string {
  const path = issue.path.map(String);
  const option = path.join(".") || "(top level)";
  const origin = overrides.find((override) => override.path.join(".") === option)?.origin ?? option;
  const came = path.reduce<unknown>(
    (value, key) =>
      value !== null && typeof value === "object" ? (value as Record<string, unknown>)[key] : undefined,
    raw,
  );
  const shown = came === undefined ? "it is missing" : `it is ${JSON.stringify(came).slice(0, 80)}`;
  return issue.code === "unrecognized_keys"
    ? `  ${origin}: unknown option(s) ${issue.keys.map((key) => `"${key}"`).join(", ")}`
    : `  ${origin}: ${issue.message}; ${shown}`;
}
