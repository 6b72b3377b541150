import { join } from "node:path";

import {
  type FileEntry,
  type Json,
  type Manifest,
  requireManifest,
  type StageContext,
  writeFileAtomically,
} from "@leyenda/core";

import { shardFeatures } from "../write/shard-schema.js";
import { collectLiveness } from "./collect-liveness.js";
import { forms } from "./forms.js";
import type { CardData, CardFacts } from "./render-card.js";
import { writeDescription } from "./write-description.js";

/**
 * Writes `README.md`, `croissant.json` and `dataset_info.json` beside the shards. Nothing in them depends on when or where they were
 * made.
 *
 * @returns what the card tells, for the manifest
 */
export async function writeCard(
  { config, folders }: StageContext,
  manifest: Manifest,
  summary: Record<string, Json>,
): Promise<CardFacts> {
  const [fetched, clean, selected, translated] = await Promise.all([
    requireManifest(folders.fetched, "fetch"),
    requireManifest(folders.clean, "clean"),
    requireManifest(folders.selected, "clean"),
    requireManifest(folders.translated, "translate"),
  ]);
  const { "translate.model": model, ...translation } = translated.options;
  const facts: CardFacts = {
    name: config.name,
    license: config.shards.license,
    about: config.shards.about,
    funnel: [
      ["rows of the list", fetched.rows],
      ["downloaded pictures", fetched.outcomes.ok ?? 0],
      ["clean pictures", clean.outcomes.ok ?? 0],
      ["chosen", selected.outcomes.ok ?? 0],
      ...leftOut(summary),
    ],
    outcomes: selected.outcomes,
    liveness: await collectLiveness(folders.fetched, fetched),
    flags: (translated.summary.flags ?? {}) as CardData["flags"],
    model: (model ?? {}) as Record<string, Json>,
    withExtra: config.source.extraColumns.length > 0,
    options: { ...clean.options, ...selected.options, ...translation },
  };
  const splits = summary.splits as CardData["splits"];
  const info = {
    dataset_name: config.name,
    features: shardFeatures(facts.withExtra),
    splits: Object.fromEntries(
      Object.entries(splits).map(([split, { rows, bytes }]) => [
        split,
        { name: split, num_bytes: bytes, num_examples: rows, dataset_name: config.name },
      ]),
    ),
    license: config.shards.license,
  };
  await writeFileAtomically(join(folders.dataset, "dataset_info.json"), `${JSON.stringify(info, null, 2)}\n`);
  await writeDescription({
    folder: folders.dataset,
    facts,
    form: forms.arrow,
    isExport: false,
    splits,
    rootHash: summary.rootHash as string,
    files: manifest.parts.flatMap(({ part, files: { shard } }): { split: string; entry: FileEntry }[] =>
      shard === undefined ? [] : [{ split: part.split("-")[0] ?? "", entry: shard }],
    ),
  });
  return facts;
}

/** What is left of the chosen rows, where some were taken down or quarantined. */
function leftOut({ takedown, quarantined, splits }: Record<string, Json>): [string, number][] {
  const sum = (counts: Json | undefined): number =>
    Object.values((counts ?? {}) as Record<string, number>).reduce((total, count) => total + count, 0);
  const left = Object.values(splits as Record<string, { rows: number }>).reduce(
    (total, { rows }) => total + rows,
    0,
  );
  const before = left + sum(quarantined);
  const { backfilled } = (takedown ?? {}) as { backfilled?: Json };
  const others = sum(backfilled);
  return [
    ...(takedown === undefined ? [] : [["not taken down since", before - others] satisfies [string, number]]),
    ...(others === 0 ? [] : [["with rows of the reserve in free places", before] satisfies [string, number]]),
    ...(quarantined === undefined ? [] : [["not quarantined", left] satisfies [string, number]]),
  ];
}
