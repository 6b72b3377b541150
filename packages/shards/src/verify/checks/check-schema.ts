import { shardSchema } from "../../write/shard-schema.js";
import type { RowBatch } from "../formats/dataset-format.js";
import type { Say } from "../problem-list.js";

const imageType = /^[^:]+: Struct<\{bytes:Binary, path:Utf8\}>$/;

/** Checks the schema of a file of ours: to the letter what `datasets` needs. */
export function checkOwnSchema(
  { columns, features }: Pick<RowBatch, "columns" | "features">,
  file: string,
  say: Say,
): void {
  const expected = shardSchema((columns ?? []).some((column) => column.startsWith("extra:")));
  const wanted = expected.fields.map((field) => field.toString());
  if (columns?.join("; ") !== wanted.join("; "))
    say("schema", file, `its columns are ${(columns ?? []).join("; ")}`);
  if (features !== expected.metadata.get("huggingface"))
    say("schema", file, "the Hugging Face metadata is missing or differs");
}

/** Checks what can be said of any file's schema: that it is the others', and that Hugging Face finds the picture in it. */
export function checkSchema(
  { columns, features }: Pick<RowBatch, "columns" | "features">,
  file: string,
  first: { columns: readonly string[] | null; file: string } | null,
  say: Say,
): void {
  if (first !== null && columns?.join("; ") !== first.columns?.join("; "))
    say("schema", file, `its columns are not those of ${first.file}: ${(columns ?? []).join("; ")}`);
  if (features === null) return;
  const names = pictureFeatures(features);
  if (names === null) say("schema", file, "its Hugging Face metadata cannot be read");
  for (const name of names ?? []) {
    const column = columns?.find((each) => each.startsWith(`${name}: Struct`));
    if (column !== undefined && !imageType.test(column))
      say("schema", file, `${name} is no picture to Hugging Face, which wants bytes, then path: ${column}`);
  }
}

function pictureFeatures(features: string): string[] | null {
  try {
    const parsed = JSON.parse(features) as { info?: { features?: Record<string, { _type?: string }> } };
    return Object.entries(parsed.info?.features ?? {}).flatMap(([name, feature]) =>
      feature._type === "Image" ? [name] : [],
    );
  } catch {
    return null;
  }
}
