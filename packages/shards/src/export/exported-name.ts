/** What the files of a part are: a role for each format, and two for an image folder. */
export type ExportRole = "parquet" | "tar" | "data" | "pictures" | "metadata";

const names: Record<ExportRole, (split: string, place: string) => string> = {
  parquet: (split, place) => `${split}-${place}.parquet`,
  tar: (split, place) => `${split}-${place}.tar`,
  data: (split, place) => `${split}/data-${place}.arrow`,
  pictures: (split, place) => `${split}/${place}`,
  metadata: (split, place) => `${split}/${place}/metadata.jsonl`,
};

/** Name of a part's file relative to the export's folder; `part` is such as `train-00003-of-00012`. */
export function exportedName(part: string, role: string): string {
  const split = exportedSplit(part);
  return names[role as ExportRole](split, part.slice(split.length + 1));
}

/** The split of a part. */
export function exportedSplit(part: string): string {
  return part.slice(0, part.indexOf("-"));
}
