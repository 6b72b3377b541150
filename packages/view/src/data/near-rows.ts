import { LeyendaError } from "@leyenda/core";

import type { ArrowFiles } from "../arrow/arrow-files.js";
import { type Lineage, lineageOfListRow } from "./lineage.js";
import type { NearIndex } from "./near-index.js";
import type { OpenedDataset } from "./open-dataset.js";

/** A row of the same cluster. */
export interface NearRow {
  index: number;
  key: string;
  url: string;
  caption: string;
  outcome: Lineage["outcome"];
  split: string | null;
  position: number | null;
  /** Whether it is the one that was kept. */
  isKept: boolean;
  reason: string | null;
  /** Bits in which its perceptual hash differs from the kept row's; null where that was not compared. */
  distance: number | null;
}

export interface NearRows {
  /** Share of the index of clusters that is there; rows are known once it is 1. */
  progress: number;
  rows: NearRow[];
  /** Whether the cluster has more rows than are listed. */
  more: boolean;
}

/** Most rows of a cluster that are listed: a placeholder may stand behind many thousands. */
const mostRows = 60;

/** The rows that show the same picture as a row of the list, the kept one first; null for a row that is not there. */
export async function nearRows(
  files: ArrowFiles,
  opened: OpenedDataset,
  near: NearIndex,
  index: number,
): Promise<NearRows | null> {
  const lineage = await lineageOfListRow(files, opened, index);
  if (lineage === null) return null;
  const { selection } = lineage;
  if (selection === null) return { progress: 1, rows: [], more: false };
  if (near.progress < 1) return { progress: near.progress, rows: [], more: false };
  const keptKey = (selection.kept_key ?? selection.key) as string;
  const rows: NearRow[] = [];
  let more = false;
  for (const candidate of near.candidates(keptKey)) {
    if (candidate === index) continue;
    if (rows.length === mostRows) {
      more = true;
      break;
    }
    const found = await lineageOfListRow(files, opened, candidate);
    if (found?.selection == null || found.clean === null)
      throw new LeyendaError("DATA_MISMATCH", "the selection has changed while it was looked at", {
        hint: "start the viewer again",
      });
    const isKept = found.selection.key === keptKey;
    if (isKept || found.selection.kept_key === keptKey) rows.push(toNearRow(found, candidate, isKept));
  }
  rows.sort((a, b) => Number(b.isKept) - Number(a.isKept) || (a.distance ?? 0) - (b.distance ?? 0));
  return { progress: 1, rows, more };
}

function toNearRow({ clean, selection, outcome, split, position }: Lineage, index: number, isKept: boolean): NearRow {
  return {
    index,
    key: clean?.key as string,
    url: clean?.url as string,
    caption: clean?.caption as string,
    outcome,
    split,
    position,
    isKept,
    reason: (selection?.reason ?? null) as string | null,
    distance: (selection?.distance ?? null) as number | null,
  };
}
