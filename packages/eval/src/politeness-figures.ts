import type { Manifest } from "@leyenda/core";

import type { PolitenessFigures } from "./report/report-data.js";

/** What the manifest of the downloads says of how hard hosts were asked; null where it says nothing. */
export function politenessFigures({ summary }: Manifest): PolitenessFigures | null {
  return (summary.politeness as PolitenessFigures | undefined) ?? null;
}
