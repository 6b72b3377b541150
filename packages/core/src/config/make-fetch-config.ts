import { basename, resolve } from "node:path";

import type { z } from "zod";

import { checkConfig, type ConfigOverride } from "./check-config.js";
import { type FetchConfig, fetchConfigSchema } from "./dataset-config.js";

/** A config for downloading a list and nothing else: whatever is left out has its default. */
export type FetchConfigInput = Omit<z.input<typeof fetchConfigSchema>, "name" | "$schema">;

/**
 * Fills in the config of a download on its own.
 *
 * @param out the folder for the data; the config takes its name
 * @throws LeyendaError CONFIG_INVALID
 */
export function makeFetchConfig(
  input: FetchConfigInput,
  out: string,
  overrides: readonly ConfigOverride[] = [],
): FetchConfig {
  const name = basename(resolve(out))
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, "-")
    .replace(/^[^a-z0-9]+/, "");
  const raw: Record<string, unknown> = structuredClone({ ...input, name: name === "" ? "list" : name });
  const config = checkConfig(fetchConfigSchema, raw, overrides, "options");
  const { path } = config.source;
  // A list on the web or on a hub has no place on this machine.
  return /^[a-z]+:\/\//i.test(path)
    ? config
    : { ...config, source: { ...config.source, path: resolve(path) } };
}
