import { LeyendaError } from "@leyenda/core";
import { z } from "zod";

import { type JsonLine, readJsonLines } from "./read-json-lines.js";

/** What a file says of a picture. */
export interface CaptionLine {
  /** One of a prediction, one or more of a reference. */
  captions: readonly string[];
  /** Path of the picture, where the line has one. */
  picture: string | null;
  /** A prediction that its model could not make, and so is taken for an empty caption. */
  failed: boolean;
}

const ids = ["id", "key", "picture"] as const;
const text = z.string();
const id = z.union([z.string(), z.number()]).transform(String);
const lineSchema = z.object({
  caption: text.optional(),
  captions: z.array(text).nonempty().optional(),
  error: text.optional(),
  picture: text.optional(),
});

/**
 * Reads captions by id: JSON lines with `id` (or `key`, or `picture`) and `caption`; of references also `captions`, a list. Other fields
 * are passed over. A line with `error`, as `leyenda caption` writes for a picture that it cannot read, is an empty caption.
 *
 * @throws LeyendaError SOURCE_MISSING or SOURCE_INVALID naming file and line
 */
export async function readCaptions(
  path: string,
  kind: "predictions" | "references",
): Promise<Map<string, CaptionLine>> {
  const captions = new Map<string, CaptionLine>();
  const places = new Map<string, string>();
  for await (const line of readJsonLines(path)) {
    const name = idOf(line);
    const first = places.get(name);
    if (first !== undefined)
      throw new LeyendaError("SOURCE_INVALID", `the id ${JSON.stringify(name)} is there twice`, {
        where: line.where,
        expected: `one line for each id; the other is ${first}`,
        ...(kind === "references" ? { hint: 'give several references as "captions": [ … ]' } : {}),
      });
    places.set(name, line.where);
    captions.set(name, read(line, kind));
  }
  if (captions.size === 0)
    throw new LeyendaError("SOURCE_INVALID", `there are no ${kind}`, { where: path, expected: "JSON lines" });
  return captions;
}

function idOf({ fields, where }: JsonLine): string {
  const field = ids.find((each) => fields[each] !== undefined && fields[each] !== null);
  const parsed = id.safeParse(field === undefined ? undefined : fields[field]);
  if (parsed.success) return parsed.data;
  throw new LeyendaError("SOURCE_INVALID", "a line has no id", {
    where,
    expected: `"id", "key" or "picture", text or a number; there is ${Object.keys(fields).join(", ") || "nothing"}`,
  });
}

function read({ fields, where }: JsonLine, kind: "predictions" | "references"): CaptionLine {
  const parsed = lineSchema.safeParse(fields);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new LeyendaError("SOURCE_INVALID", `${issue?.path.join(".") ?? ""}: ${issue?.message ?? ""}`, {
      where,
    });
  }
  const { caption, captions, error, picture = null } = parsed.data;
  if (caption !== undefined) return { captions: [caption], picture, failed: false };
  if (kind === "references" && captions !== undefined) return { captions, picture, failed: false };
  if (kind === "predictions" && error !== undefined) return { captions: [""], picture, failed: true };
  throw new LeyendaError("SOURCE_INVALID", "a line has no caption", {
    where,
    expected: `${kind === "references" ? '"caption" or "captions"' : '"caption"'}; there is ${Object.keys(fields).join(", ")}`,
  });
}
