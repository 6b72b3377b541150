import { join } from "node:path";

import { type FileEntry, writeFileAtomically } from "@leyenda/core";

import { shardFeatures, type Feature } from "../write/shard-schema.js";
import type { Form } from "./forms.js";
import { type CardData, type CardFacts, renderCard } from "./render-card.js";
import { renderCroissant } from "./render-croissant.js";

export interface Description {
  folder: string;
  facts: CardFacts;
  form: Form;
  isExport: boolean;
  splits: CardData["splits"];
  rootHash: string;
  files: readonly { split: string; entry: FileEntry }[];
}

/** Writes `README.md` and `croissant.json` beside a dataset's files, or an export's. Nothing in them depends on when or where. */
export async function writeDescription({
  folder,
  facts,
  form,
  isExport,
  splits,
  rootHash,
  files,
}: Description): Promise<void> {
  const { name, license, about } = facts;
  const croissant = renderCroissant({
    name,
    license,
    description:
      "Pictures with Spanish captions, translated by machine from the English captions beside them.",
    citation: about.citation,
    homepage: about.homepage,
    creators: about.creators,
    datePublished: about.published,
    rootHash,
    files,
    encodingFormat: form.encodingFormat,
    includes: form.includes,
    features: columnsOf(form, shardFeatures(facts.withExtra)),
  });
  await writeFileAtomically(join(folder, "croissant.json"), croissant);
  await writeFileAtomically(
    join(folder, "README.md"),
    renderCard({ ...facts, splits, rootHash, form, isExport }),
  );
}

function columnsOf({ columns }: Form, features: Record<string, Feature>): Record<string, Feature> | null {
  if (columns === null) return null;
  const kept = Object.entries(features).filter(([name]) => columns?.without.includes(name) !== true);
  const texts = (columns?.texts ?? []).map((name): [string, Feature] => [
    name,
    { dtype: "string", _type: "Value" },
  ]);
  return Object.fromEntries([...texts, ...kept]);
}
