import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";

import { parse as parseJson, type ParseError, printParseErrorCode } from "jsonc-parser";
import { LeyendaError } from "../errors.js";
import { checkConfig, type ConfigOverride } from "./check-config.js";
import { datasetConfigSchema, type DatasetConfig } from "./dataset-config.js";

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
  return absolutePaths(checkConfig(datasetConfigSchema, raw, overrides, file), dirname(file));
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

function absolutePaths(config: DatasetConfig, folder: string): DatasetConfig {
  const { references, captioner } = config.eval;
  return {
    ...config,
    source: {
      ...config.source,
      path: isRemote(config.source.path) ? config.source.path : resolve(folder, config.source.path),
    },
    select: { ...config.select, exclude: config.select.exclude.map((path) => resolve(folder, path)) },
    translate: {
      ...config.translate,
      model: resolve(folder, config.translate.model),
      cache: config.translate.cache === null ? null : resolve(folder, config.translate.cache),
    },
    eval: {
      ...config.eval,
      references: references === null ? null : resolve(folder, references),
      captioner: captioner === null ? null : resolve(folder, captioner),
    },
  };
}

/** A list on the web or on the Hugging Face hub has no place on this machine. */
function isRemote(path: string): boolean {
  return /^(https?|hf):\/\//i.test(path);
}
