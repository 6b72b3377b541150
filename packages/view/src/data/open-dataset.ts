import { join } from "node:path";

import { LeyendaError, type Manifest, readManifest, requireManifest } from "@leyenda/core";

import { Segments } from "./segments.js";

/** Where a dataset and what it was made from lie. */
export interface ViewFolders {
  dataset: string;
  /** Folders of the stages before; what is missing there is not shown. */
  fetched: string;
  clean: string;
  selected: string;
  translated: string;
}

export interface Shard {
  name: string;
  path: string;
  rows: number;
}

/** A part of the list with its files. */
export interface ListPart {
  name: string;
  rows: number;
  clean: { rows: string; images: string };
  fetched: { rows: string; files: Readonly<Record<string, string>> } | null;
  selected: string | null;
  translated: string | null;
}

/** A finished dataset, as its manifests describe it. */
export interface OpenedDataset {
  name: string;
  rootHash: string | null;
  splits: ReadonlyMap<string, Segments<Shard>>;
  /** All rows of the list, also those that are not in the dataset; null where only the dataset is there. */
  list: Segments<ListPart> | null;
  /** How the rows of the list ended. */
  outcomes: Manifest["outcomes"];
}

/** @throws LeyendaError DATA_MISSING when the dataset is not finished, DATA_CORRUPT when a manifest is odd */
export async function openDataset(folders: ViewFolders): Promise<OpenedDataset> {
  const dataset = await requireManifest(folders.dataset, "shards");
  const clean = await readManifest(folders.clean);
  const fetched = await readManifest(folders.fetched);
  const selected = await readManifest(folders.selected);
  const translated = await readManifest(folders.translated);
  const { rootHash } = dataset.summary;
  return {
    name: dataset.dataset,
    rootHash: typeof rootHash === "string" ? rootHash : null,
    splits: splitsOf(dataset, folders.dataset),
    list: clean === null ? null : listOf({ clean, fetched, selected, translated }, folders),
    outcomes: (selected ?? clean)?.outcomes ?? {},
  };
}

function splitsOf({ parts }: Manifest, folder: string): Map<string, Segments<Shard>> {
  const shards = new Map<string, Shard[]>();
  for (const { part, rows, files } of parts) {
    const split = part.split("-")[0] ?? part;
    const [file] = Object.values(files);
    if (file === undefined)
      throw new LeyendaError("DATA_CORRUPT", `${part} has no file`, { where: folder });
    const shard = { name: part, path: inside(folder, file.name), rows };
    shards.set(split, [...(shards.get(split) ?? []), shard]);
  }
  return new Map([...shards].map(([split, all]) => [split, new Segments(all)]));
}

interface Manifests {
  clean: Manifest;
  fetched: Manifest | null;
  selected: Manifest | null;
  translated: Manifest | null;
}

function listOf(
  { clean, fetched, selected, translated }: Manifests,
  folders: ViewFolders,
): Segments<ListPart> {
  const fetchedParts = byName(fetched);
  const translatedParts = byName(translated);
  const verdicts = selected?.parts[0]?.files ?? {};
  return new Segments(
    clean.parts.map(({ part, rows, files }): ListPart => {
      const of = (folder: string, all: typeof files | undefined, role: string): string | null => {
        const name = all?.[role]?.name;
        return name === undefined ? null : inside(folder, name);
      };
      const before = fetchedParts.get(part)?.files;
      const fetchedRows = of(folders.fetched, before, "rows.arrow");
      return {
        name: part,
        rows,
        clean: {
          rows: of(folders.clean, files, "rows.arrow") ?? "",
          images: of(folders.clean, files, "images.arrow") ?? "",
        },
        fetched:
          before === undefined || fetchedRows === null
            ? null
            : {
                rows: fetchedRows,
                files: Object.fromEntries(
                  Object.entries(before).map(([role, { name }]) => [role, inside(folders.fetched, name)]),
                ),
              },
        selected: of(folders.selected, verdicts, `${part}.arrow`),
        translated: of(folders.translated, translatedParts.get(part)?.files, "rows.arrow"),
      };
    }),
  );
}

function byName(manifest: Manifest | null): Map<string, Manifest["parts"][number]> {
  return new Map(manifest?.parts.map((part) => [part.part, part]));
}

/** A dataset may come from anybody: its manifest names files in its own folder and no others. */
function inside(folder: string, name: string): string {
  if (/[/\\\0]/.test(name) || name === "" || name === "..") {
    throw new LeyendaError("DATA_CORRUPT", "the manifest names a file outside of its folder", {
      where: folder,
      expected: "plain file names",
    });
  }
  return join(folder, name);
}
