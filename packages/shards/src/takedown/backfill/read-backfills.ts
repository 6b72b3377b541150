import { join } from "node:path";

import { LeyendaError, readRows, sha256, storeOf, type TranslatedRow } from "@leyenda/core";

import type { TakedownRequest } from "../takedown-log.js";

/** Beside `dataset/`: the rows that took free places, in files that the log of takedowns names. */
export const backfillFolder = "backfill";

/** @returns the rows that may take a place, the last one that was given to it first; none where nobody has */
export type BackfillRows = (place: Pick<TranslatedRow, "split" | "position">) => readonly TranslatedRow[];

/**
 * Reads the rows that took the places of others, of those requests that were made of the present selection: places of another one are
 * other rows', and its own rows may be in the dataset by themselves.
 *
 * @param root the folder that holds `dataset/`
 * @param selection hash of the translated rows
 * @throws LeyendaError DATA_CORRUPT when a file is not the one that the log names
 */
export async function readBackfills(
  root: string,
  requests: readonly TakedownRequest[],
  selection: string,
): Promise<BackfillRows> {
  const places = new Map<string, TranslatedRow[]>();
  for (const { backfill } of requests) {
    if (backfill?.selection !== selection) continue;
    const path = join(root, backfillFolder, backfill.file);
    const bytes = await storeOf(path).read(path);
    if (bytes === null || sha256(bytes) !== backfill.sha256)
      throw new LeyendaError(
        "DATA_CORRUPT",
        "rows that took the places of others are not what the log says",
        {
          where: path,
          expected: `a file with the SHA-256 ${backfill.sha256}`,
          hint: "bring the file back, or build the dataset anew in another data folder",
        },
      );
    for (const row of await readRows<TranslatedRow>(path)) {
      const name = nameOf(row);
      places.set(name, [row, ...(places.get(name) ?? [])]);
    }
  }
  return (place) => places.get(nameOf(place)) ?? [];
}

function nameOf({ split, position }: Pick<TranslatedRow, "split" | "position">): string {
  return `${split} ${position}`;
}
