import { LeyendaError } from "@leyenda/core";

import type { CaptionSet } from "./caption-set.js";
import type { CaptionLine } from "./read-captions.js";

/** Captions of a file beside their references, in the references' order. */
export interface PairedCaptions extends CaptionSet {
  ids: readonly string[];
  /** Path of each picture, where a line has one. */
  pictures: readonly (string | null)[];
  /** Predictions that are empty since their model failed. */
  failed: number;
}

/**
 * Puts predictions and references of the same ids together.
 *
 * @param where names of the two files, for errors
 * @throws LeyendaError SOURCE_INVALID when either lacks an id of the other
 */
export function pairCaptions(
  predictions: ReadonlyMap<string, CaptionLine>,
  references: ReadonlyMap<string, CaptionLine>,
  where: { predictions: string; references: string },
): PairedCaptions {
  refuseOthers(predictions, references, "predictions have no reference", where.predictions, where.references);
  refuseOthers(references, predictions, "references have no prediction", where.references, where.predictions);
  const ids = [...references.keys()];
  const ours = ids.map((id) => predictions.get(id));
  return {
    ids,
    hypotheses: ours.map((line) => line?.captions[0] ?? ""),
    references: ids.map((id) => references.get(id)?.captions ?? []),
    pictures: ids.map((id, place) => references.get(id)?.picture ?? ours[place]?.picture ?? null),
    failed: ours.filter((line) => line?.failed === true).length,
  };
}

function refuseOthers(
  lines: ReadonlyMap<string, CaptionLine>,
  known: ReadonlyMap<string, CaptionLine>,
  message: string,
  where: string,
  other: string,
): void {
  const missing = [...lines.keys()].filter((id) => !known.has(id));
  if (missing.length === 0) return;
  const named = missing.slice(0, 3).map((id) => JSON.stringify(id));
  throw new LeyendaError("SOURCE_INVALID", `${missing.length} of ${lines.size} ${message}`, {
    where,
    expected: `the ids of ${other}; not there: ${named.join(", ")}${missing.length > 3 ? ", …" : ""}`,
  });
}
