import { setTimeout } from "node:timers/promises";

import { type Outcome, outcomeClasses, translationFlags } from "@leyenda/core";

import type { ArrowFiles } from "../arrow/arrow-files.js";
import { lineageOfDatasetRow, lineageOfListRow } from "../data/lineage.js";
import { listPage } from "../data/list-page.js";
import type { NearIndex } from "../data/near-index.js";
import { nearRows } from "../data/near-rows.js";
import type { OpenedDataset } from "../data/open-dataset.js";
import { type PicturePlace, readPicture } from "../data/read-picture.js";
import { shardPage } from "../data/shard-page.js";
import { CaptionQuery } from "../text/caption-query.js";
import { type Answer, failure, json } from "./answer.js";
import { listRequest, nothing, rowsRequest } from "./requests.js";
import { staticFile } from "./static-files.js";

/** What requests are answered from. */
export interface Viewed {
  opened: OpenedDataset;
  files: ArrowFiles;
  /** Null without a list. */
  near: NearIndex | null;
  /** Most milliseconds that one request searches. */
  budgetMs: number;
  now: () => number;
  /** Aborted when the viewer closes. */
  closing: AbortSignal;
}

/** A request: the named pieces of its path, and its query. */
interface Asked {
  names: Readonly<Record<string, string>>;
  query: Readonly<Record<string, string>>;
  /** Aborted when nobody waits for the answer any more. */
  signal: AbortSignal;
}

type Route = (viewed: Viewed, asked: Asked) => Promise<Answer | null> | Answer;

const routes: readonly [path: RegExp, route: Route][] = [
  [/^\/api\/dataset$/, describeDataset],
  [/^\/api\/rows$/, pageOfRows],
  [/^\/api\/rows\/(?<split>[\w.]+)\/(?<place>\d{1,15})$/, rowDetails],
  [/^\/api\/list$/, pageOfList],
  [/^\/api\/list\/(?<place>\d{1,15})$/, listDetails],
  [/^\/api\/list\/(?<place>\d{1,15})\/near$/, near],
  [/^\/pictures\/dataset\/(?<split>[\w.]+)\/(?<place>\d{1,15})$/, datasetPicture],
  [/^\/pictures\/(?<from>clean|fetched)\/(?<place>\d{1,15})$/, listPicture],
];

/**
 * Answers a request for a path.
 *
 * @param signal aborted when nobody waits for the answer any more
 * @throws ZodError for a query that cannot be, LeyendaError for data that cannot be read
 */
export async function answerPath(viewed: Viewed, url: URL, signal: AbortSignal): Promise<Answer> {
  const file = await staticFile(url.pathname);
  if (file !== null) return file;
  const query = Object.fromEntries([...url.searchParams].filter(([, value]) => value !== ""));
  for (const [path, route] of routes) {
    const match = path.exec(url.pathname);
    if (match === null) continue;
    const answer = await route(viewed, { names: match.groups ?? {}, query, signal });
    return answer ?? failure(404, "there is no such row or picture");
  }
  return failure(404, "there is nothing here");
}

function describeDataset({ opened }: Viewed, { query }: Asked): Answer {
  nothing.parse(query);
  const { name, rootHash, splits, list, outcomes } = opened;
  return json({
    name,
    rootHash,
    splits: [...splits].map(([split, { rows, items }]) => ({ split, rows, shards: items.length })),
    flags: translationFlags,
    list:
      list === null
        ? null
        : {
            rows: list.rows,
            outcomes: Object.entries(outcomes).map(([outcome, rows]) => ({
              outcome,
              class: outcomeClasses[outcome as Outcome],
              rows,
            })),
          },
  });
}

async function pageOfRows(viewed: Viewed, { query, signal }: Asked): Promise<Answer | null> {
  const { split, q, flag, at, count } = rowsRequest.parse(query);
  const shards = viewed.opened.splits.get(split);
  if (shards === undefined) return null;
  const filter = { query: new CaptionQuery(q), flag };
  return json(await shardPage(viewed.files, shards, filter, { ...viewed, at, count, signal }));
}

async function pageOfList(viewed: Viewed, { query, signal }: Asked): Promise<Answer | null> {
  const { q, outcome, at, count } = listRequest.parse(query);
  const { list } = viewed.opened;
  if (list === null) return null;
  const filter = { query: new CaptionQuery(q), outcome };
  return json(await listPage(viewed.files, list, filter, { ...viewed, at, count, signal }));
}

async function rowDetails({ files, opened }: Viewed, { names, query }: Asked): Promise<Answer | null> {
  nothing.parse(query);
  const lineage = await lineageOfDatasetRow(files, opened, names.split ?? "", Number(names.place));
  return lineage === null ? null : json(lineage);
}

async function listDetails({ files, opened }: Viewed, { names, query }: Asked): Promise<Answer | null> {
  nothing.parse(query);
  const lineage = await lineageOfListRow(files, opened, Number(names.place));
  return lineage === null ? null : json(lineage);
}

async function near(viewed: Viewed, { names, query }: Asked): Promise<Answer | null> {
  nothing.parse(query);
  if (viewed.near === null) return null;
  // Not awaited for long: the answer says how far it is, and is asked for again.
  const built = viewed.near.build(viewed.closing);
  await Promise.race([built, setTimeout(viewed.budgetMs, undefined, { ref: false })]);
  const rows = await nearRows(viewed.files, viewed.opened, viewed.near, Number(names.place));
  return rows === null ? null : json(rows);
}

function datasetPicture(viewed: Viewed, { names }: Asked): Promise<Answer | null> {
  return picture(viewed, { from: "dataset", split: names.split ?? "", position: Number(names.place) });
}

function listPicture(viewed: Viewed, { names }: Asked): Promise<Answer | null> {
  return picture(viewed, { from: names.from === "clean" ? "clean" : "fetched", index: Number(names.place) });
}

async function picture({ files, opened }: Viewed, place: PicturePlace): Promise<Answer | null> {
  const found = await readPicture(files, opened, place);
  return found === null ? null : { status: 200, type: found.type, body: found.bytes };
}
