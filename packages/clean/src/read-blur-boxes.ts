import { z } from "zod";

import type { Box } from "./blur-boxes.js";

const side = z.number().min(0).max(1);
const boxesSchema = z.array(
  z.tuple([side, side, side, side]).refine(([left, top, right, bottom]) => left <= right && top <= bottom),
);

/**
 * The boxes to blur in a picture, out of a row's further columns.
 *
 * @param extra the row's columns as JSON; a column holds the boxes themselves or a text of JSON. None, null and "" are no boxes
 * @returns null for what are no boxes: such a picture must not be stored, since nobody knows what it should not show
 */
export function readBlurBoxes(extra: string | null | undefined, column: string): readonly Box[] | null {
  const columns = parse(extra ?? "{}") as Record<string, unknown>;
  const cell = columns[column] ?? "";
  const value = typeof cell === "string" && cell.trim() !== "" ? parse(cell) : cell;
  if (value === "" || (typeof value === "string" && value.trim() === "") || value === null) return [];
  const boxes = boxesSchema.safeParse(value);
  return boxes.success ? boxes.data : null;
}

/** @returns undefined for what is no JSON */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
