import { LeyendaError } from "@leyenda/core";

/** MODEL_INVALID for a file, and the tensor or field in it when one is to blame. */
export function invalidModel(path: string, message: string, item?: string, cause?: unknown): LeyendaError {
  return new LeyendaError("MODEL_INVALID", message, {
    where: item === undefined ? path : `${path}, ${item}`,
    ...(cause === undefined ? {} : { cause }),
  });
}
