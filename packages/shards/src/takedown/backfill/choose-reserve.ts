import { join } from "node:path";

import {
  type CleanRow,
  type Manifest,
  openRows,
  type RowRank,
  rowRanker,
  type SelectionRow,
  type StageContext,
} from "@leyenda/core";

import type { Split } from "../../shard-name.js";

/** A row of the reserve, in its clean part. */
export interface ReserveRow {
  part: string;
  row: CleanRow;
}

/** A free place of a split. */
export interface FreePlace {
  split: Split;
  position: number;
}

interface Candidate {
  rank: RowRank;
  part: string;
  /** Row in the clean part. */
  index: number;
}

/**
 * Chooses rows of the reserve for free places, by the rule of the selection: each split takes the first of its lane by rank, and where a
 * lane is used up, the last of the other's. The order of the places does not matter: the first place gets the first row.
 *
 * @param isFree whether a row may be used: not taken down, and not in the dataset already
 * @returns fewer than there are places where the reserve is too small
 */
export async function chooseReserve(
  { config: { select }, folders }: StageContext,
  { clean, selected }: { clean: Manifest; selected: Manifest },
  places: readonly FreePlace[],
  isFree: (row: Pick<CleanRow, "key" | "url" | "final_url" | "source_sha256">) => boolean,
): Promise<Map<FreePlace, ReserveRow>> {
  const rankOf = rowRanker(select.seed);
  const share = select.validation / (select.train + select.validation);
  const lanes = { train: new Lane(places.length), validation: new Lane(places.length) };
  for (const { part, files } of clean.parts) {
    const verdicts = await openRows<SelectionRow>(
      join(folders.selected, selected.parts[0]?.files[`${part}.arrow`]?.name ?? ""),
    );
    const [rows, keys] = [verdicts.column("row"), verdicts.column("key")];
    const reserve = verdicts
      .column("verdict")
      .flatMap((verdict, index) => (verdict === "reserve" ? [index] : []));
    const asked = reserve.map((index) => rows[index] ?? 0);
    const path = join(folders.clean, files["rows.arrow"]?.name ?? "");
    const cleaned = await openRows<CleanRow>(path);
    const found = cleaned.take(asked, ["key", "url", "final_url", "source_sha256"]);
    for (const [place, row] of found.entries()) {
      const key = keys[reserve[place] ?? 0] ?? "";
      if (!isFree(row)) continue;
      const rank = rankOf(Buffer.from(key, "hex"));
      lanes[rank.lane < share ? "validation" : "train"].add({ rank, part, index: asked[place] ?? 0 });
    }
  }
  const chosen = pick(lanes, places);
  return readChosen(chosen, clean, folders.clean);
}

function pick(lanes: Record<Split, Lane>, places: readonly FreePlace[]): Map<FreePlace, Candidate> {
  const chosen = new Map<FreePlace, Candidate>();
  const used = new Set<Candidate>();
  const sorted = places.toSorted((a, b) => a.position - b.position);
  const take = (place: FreePlace, from: readonly Candidate[]): void => {
    const candidate = chosen.has(place) ? undefined : from.find((each) => !used.has(each));
    if (candidate === undefined) return;
    used.add(candidate);
    chosen.set(place, candidate);
  };
  for (const place of sorted) take(place, lanes[place.split].first());
  for (const place of sorted) take(place, lanes[place.split === "train" ? "validation" : "train"].last());
  return chosen;
}

async function readChosen(
  chosen: ReadonlyMap<FreePlace, Candidate>,
  clean: Manifest,
  folder: string,
): Promise<Map<FreePlace, ReserveRow>> {
  const rows = new Map<FreePlace, ReserveRow>();
  for (const { part, files } of clean.parts) {
    const mine = [...chosen].filter(([, candidate]) => candidate.part === part);
    if (mine.length === 0) continue;
    const file = await openRows<CleanRow>(join(folder, files["rows.arrow"]?.name ?? ""));
    const found = file.take(mine.map(([, { index }]) => index));
    for (const [index, [place]] of mine.entries()) {
      const row = found[index];
      if (row !== undefined) rows.set(place, { part, row });
    }
  }
  return rows;
}

/** The first and the last rows of a lane by rank; what is between them is not kept. */
class Lane {
  readonly #wanted: number;
  #first: Candidate[] = [];
  #last: Candidate[] = [];

  constructor(wanted: number) {
    this.#wanted = wanted;
  }

  add(candidate: Candidate): void {
    this.#first.push(candidate);
    this.#last.push(candidate);
    if (this.#first.length < 4 * this.#wanted + 1_000) return;
    this.#first = this.first();
    this.#last = this.last();
  }

  first(): Candidate[] {
    return (this.#first = this.#first.sort(compare).slice(0, this.#wanted));
  }

  /** The last one comes first. */
  last(): Candidate[] {
    return (this.#last = this.#last.sort((a, b) => compare(b, a)).slice(0, this.#wanted));
  }
}

function compare({ rank: a }: Candidate, { rank: b }: Candidate): number {
  return a.high - b.high || a.low - b.low;
}
