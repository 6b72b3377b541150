import type { z } from "zod";

import { LeyendaError } from "../errors.js";
import { storeOf } from "../store/store-of.js";

/**
 * Reads a JSON file of the data folder and checks its form.
 *
 * @returns null when there is no such file
 * @throws LeyendaError DATA_CORRUPT when it is not what the schema says
 */
export async function readJsonFile<Schema extends z.ZodType>(
  path: string,
  schema: Schema,
): Promise<z.infer<Schema> | null> {
  const content = await storeOf(path).read(path);
  if (content === null) return null;
  try {
    return schema.parse(JSON.parse(content.toString("utf8")));
  } catch (cause) {
    throw new LeyendaError("DATA_CORRUPT", "the file is not what this version of Leyenda writes", {
      where: path,
      hint: "delete it and run the stage again, or use another data folder",
      cause,
    });
  }
}
