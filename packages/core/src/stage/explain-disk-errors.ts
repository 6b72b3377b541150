import { describeDiskError } from "./describe-disk-error.js";

/**
 * Does the work; the operating system's "disk full" and "not allowed" come out as errors that say what to do.
 *
 * @param folder what is being written
 */
export async function explainDiskErrors<Result>(
  folder: string,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw describeDiskError(error, folder);
  }
}
