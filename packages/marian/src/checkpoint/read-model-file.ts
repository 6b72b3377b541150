import { readFile } from "node:fs/promises";

import { LeyendaError } from "@leyenda/core";

/** Reads a file of a model whole. @throws LeyendaError MODEL_MISSING naming it */
export async function readModelFile(path: string, what: string): Promise<Buffer> {
  return readFile(path).catch((cause: unknown) => {
    throw new LeyendaError("MODEL_MISSING", `${what} cannot be read`, { where: path, cause });
  });
}
