import { LeyendaError } from "../errors.js";
import { isErrno } from "../parts/is-errno.js";

/**
 * Turns the operating system's "disk full" or "not allowed" into an error that says what to do; passes others on.
 *
 * @param folder what was being written, for errors that name no path
 */
export function describeDiskError(error: unknown, folder: string): unknown {
  if (isErrno(error, "ENOSPC", "EDQUOT")) {
    return new LeyendaError("DATA_FOLDER", "the disk is full", {
      where: error.path ?? folder,
      hint: "free some space, or set DATA_DIR to a larger disk; the next run goes on with the parts that are missing",
      cause: error,
    });
  }
  if (isErrno(error, "EACCES", "EPERM", "EROFS", "ENOTDIR")) {
    return new LeyendaError("DATA_FOLDER", `the data folder cannot be written (${error.code ?? ""})`, {
      where: error.path ?? folder,
      expected: "a folder that this user may write",
      hint: "change its owner or rights, or set DATA_DIR to another folder",
      cause: error,
    });
  }
  return error;
}
