import { type RecordBatch, RecordBatchReader } from "apache-arrow";

import { LeyendaError } from "../errors.js";
import { storeOf } from "../store/store-of.js";

/**
 * Reads a part's rows file batch by batch, for those who want its columns and not objects: memory is one batch.
 *
 * @throws LeyendaError DATA_CORRUPT when it is missing or no Arrow stream
 */
export async function* readBatches(path: string): AsyncGenerator<RecordBatch, void, undefined> {
  try {
    yield* await RecordBatchReader.from(storeOf(path).stream(path));
  } catch (cause) {
    if (cause instanceof LeyendaError) throw cause;
    throw new LeyendaError("DATA_CORRUPT", `the rows file cannot be read: ${(cause as Error).message}`, {
      where: path,
      expected: "the Arrow IPC stream that the part's record describes",
      hint: "delete the part's record and run the stage again",
      cause,
    });
  }
}
