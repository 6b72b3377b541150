import { homedir } from "node:os";
import { join } from "node:path";

/** Where models are kept that were fetched, or converted on the way. */
export function modelCache(): string {
  return join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "leyenda/models");
}
