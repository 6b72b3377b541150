import type { DatasetConfig, TranslationFlag } from "@leyenda/core";

/** Signs of a poor translation with which a row is left out of the dataset. */
export function quarantinedFlags(policy: DatasetConfig["translate"]["policy"]): TranslationFlag[] {
  const flags = Object.entries(policy) as [TranslationFlag, string][];
  return flags.flatMap(([flag, what]) => (what === "quarantine" ? [flag] : [])).sort();
}
