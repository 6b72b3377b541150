import { type ConfigOverride, datasetJsonSchema } from "@leyenda/core";
import { Option } from "commander";

type JsonSchema = ReturnType<typeof datasetJsonSchema>;

interface Leaf {
  path: readonly string[];
  schema: JsonSchema;
}

/** A flag for every option of the dataset config, such as `--fetch.concurrency <integer>`. */
export function configFlags(): Option[] {
  return leaves(datasetJsonSchema(), []).map(({ path, schema }) => {
    const option = new Option(`--${path.join(".")} <${typeName(schema)}>`, describe(schema));
    return option.argParser((text: string) => parseValue(text, schema));
  });
}

/** What the given flags lay over the config. */
export function overridesOf(given: Readonly<Record<string, unknown>>): ConfigOverride[] {
  return leaves(datasetJsonSchema(), [])
    .map(({ path }) => path)
    .filter((path) => given[path.join(".")] !== undefined)
    .map((path) => ({ path, value: given[path.join(".")], origin: `--${path.join(".")}` }));
}

function leaves(schema: JsonSchema, path: readonly string[]): Leaf[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, inner]): Leaf[] => {
    if (typeof inner === "boolean" || name === "$schema") return [];
    const at = [...path, name];
    return inner.properties === undefined ? [{ path: at, schema: inner }] : leaves(inner, at);
  });
}

function alternatives(schema: JsonSchema): JsonSchema[] {
  return (schema.anyOf ?? [schema]).filter((each): each is JsonSchema => typeof each !== "boolean");
}

function typeName(schema: JsonSchema): string {
  const names = alternatives(schema).flatMap((each) =>
    each.const !== undefined
      ? [String(each.const)]
      : (each.enum?.map(String) ?? [
          each.type === "array" || each.type === "object" ? "json" : (each.type ?? "json"),
        ]),
  );
  return names.join("|");
}

function describe(schema: JsonSchema): string {
  const fallback = schema.default === undefined ? "" : `(default: ${JSON.stringify(schema.default)})`;
  return [schema.description ?? "", fallback].filter((part) => part !== "").join(" ");
}

/** The value a text stands for; what fits no type stays text, so that the config's own check says what is wrong. */
function parseValue(text: string, schema: JsonSchema): unknown {
  const types = alternatives(schema).map((each) => each.type);
  const isText =
    types.includes("string") ||
    alternatives(schema).some((each) => each.enum !== undefined || typeof each.const === "string");
  try {
    const value: unknown = JSON.parse(text);
    const isStructure = typeof value === "object" && (types.includes("array") || types.includes("object"));
    return isText && typeof value !== "boolean" && value !== null && !isStructure ? text : value;
  } catch {
    return text;
  }
}
