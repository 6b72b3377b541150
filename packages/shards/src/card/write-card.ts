import { join } from "node:path";

import { type Json, requireManifest, type StageContext, writeFileAtomically } from "@leyenda/core";

import { shardFeatures } from "../write/shard-schema.js";
import { type CardData, renderCard } from "./render-card.js";

/** Writes `README.md` and `dataset_info.json` beside the shards. Nothing in them depends on when or where they were made. */
export async function writeCard(
  { config, folders }: StageContext,
  summary: Record<string, Json>,
): Promise<void> {
  const [fetched, clean, selected, translated] = await Promise.all([
    requireManifest(folders.fetched, "fetch"),
    requireManifest(folders.clean, "clean"),
    requireManifest(folders.selected, "clean"),
    requireManifest(folders.translated, "translate"),
  ]);
  const data: CardData = {
    name: config.name,
    license: config.shards.license,
    splits: summary.splits as CardData["splits"],
    rootHash: summary.rootHash as string,
    funnel: [
      ["rows of the list", fetched.rows],
      ["downloaded pictures", fetched.outcomes.ok ?? 0],
      ["clean pictures", clean.outcomes.ok ?? 0],
      ["chosen", selected.outcomes.ok ?? 0],
      ...takenDown(summary),
    ],
    outcomes: selected.outcomes,
    flags: (translated.summary.flags ?? {}) as CardData["flags"],
    withExtra: config.source.extraColumns.length > 0,
    options: { ...clean.options, ...selected.options, ...translated.options },
  };
  const info = {
    dataset_name: config.name,
    features: shardFeatures(data.withExtra),
    splits: Object.fromEntries(
      Object.entries(data.splits).map(([split, { rows, bytes }]) => [
        split,
        { name: split, num_bytes: bytes, num_examples: rows, dataset_name: config.name },
      ]),
    ),
    license: config.shards.license,
  };
  await writeFileAtomically(join(folders.dataset, "dataset_info.json"), `${JSON.stringify(info, null, 2)}\n`);
  await writeFileAtomically(join(folders.dataset, "README.md"), renderCard(data));
}

/** What is left of the chosen rows, where some were taken down. */
function takenDown({ takedown, splits }: Record<string, Json>): [string, number][] {
  if (takedown === undefined) return [];
  const counts = Object.values(splits as Record<string, { rows: number }>);
  return [["not taken down since", counts.reduce((sum, { rows }) => sum + rows, 0)]];
}
