import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";

import { parse as parseJson, type ParseError, printParseErrorCode } from "jsonc-parser";
import type { z } from "zod";

import { LeyendaError } from "../errors.js";
import { datasetConfigSchema, type DatasetConfig } from "./dataset-config.js";

/** One option set outside the file: `["fetch", "concurrency"]` and its value. */
export interface ConfigOverride {
  path: readonly string[];
  value: unknown;
  /** What the user wrote, for error messages, such as `--fetch.concurrency`. */
  origin: string;
}

/**
 * Reads and checks a dataset config, with overrides laid over the file's values. Relative paths in it become absolute.
 *
 * @throws LeyendaError CONFIG_MISSING, or CONFIG_INVALID naming the file, each wrong option, what was expected and what came
 */
export async function loadDatasetConfig(
  path: string,
  overrides: readonly ConfigOverride[] = [],
): Promise<DatasetConfig> {
  const file = resolve(path);
  const raw = parse(await read(file), file);
  for (const { path: keys, value } of overrides) setAt(raw, keys, value);
  const parsed = datasetConfigSchema.safeParse(raw);
  if (!parsed.success) {
    const lines = parsed.error.issues.map((issue) => describe(issue, raw, overrides));
    throw new LeyendaError(
      "CONFIG_INVALID",
      `the dataset config has ${lines.length} wrong option(s)\n${lines.join("\n")}`,
      {
        where: file,
        hint: "compare with datasets/sample/dataset.json; editors complete and check it through $schema",
      },
    );
  }
  return absolutePaths(parsed.data, dirname(file));
}

async function read(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (cause) {
    throw new LeyendaError("CONFIG_MISSING", "the dataset config cannot be read", {
      where: file,
      expected: "a JSON file",
      hint: "give the name of a folder in datasets/, or the path of a dataset.json",
      cause,
    });
  }
}

function parse(text: string, file: string): Record<string, unknown> {
  const errors: ParseError[] = [];
  const value: unknown = parseJson(text, errors, { disallowComments: true, allowTrailingComma: false });
  const [error] = errors;
  if (error !== undefined) {
    const before = text.slice(0, error.offset).split("\n");
    throw new LeyendaError("CONFIG_INVALID", `not JSON: ${printParseErrorCode(error.error)}`, {
      where: `${file}:${before.length}:${(before.at(-1)?.length ?? 0) + 1}`,
      expected: "a JSON object",
    });
  }
  if (value === null || typeof value !== "object" || Array.isArray(value)) {
    throw new LeyendaError("CONFIG_INVALID", "the dataset config is not an object", {
      where: file,
      expected: "{ … }",
    });
  }
  return value as Record<string, unknown>;
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

function absolutePaths(config: DatasetConfig, folder: string): DatasetConfig {
  const { references } = config.eval;
  return {
    ...config,
    source: { ...config.source, path: resolve(folder, config.source.path) },
    translate: { ...config.translate, model: resolve(folder, config.translate.model) },
    eval: { ...config.eval, references: references === null ? null : resolve(folder, references) },
  };
}
