import { join } from "node:path";

import {
  addOutcomes,
  type FetchConfig,
  type FetchedRow,
  fetchedRowSchema,
  type ImageRange,
  ImagesWriter,
  type Json,
  type OutcomeCounts,
  outcomeClasses,
  type PartContext,
  type PartRecord,
  type PartResult,
  readRows,
  type RowCounter,
  writeRows,
} from "@leyenda/core";

import type { FetchResult } from "../fetch-result.js";
import { hostOf } from "../hosts/host-of.js";
import { mergePoliteness, namedHosts, politenessOf } from "../hosts/politeness.js";
import { runRows } from "../run-rows.js";
import { type FetchRequest, fetchRequestSchema } from "./fetch-request.js";
import type { FetchTools } from "./fetch-tools.js";
import { fetchedRow } from "./fetched-row.js";
import { writeConsent } from "./write-consent.js";
import { politenessIn } from "./write-politeness.js";

/**
 * Downloads some rows of a fetched part again. Bodies that come go into an images file of this revision, beside the one
 * that is there; the rows are written anew, whole.
 *
 * @returns null when no row has changed: then the part stays as it is, and no later stage has anything to do
 */
export async function revisePart(
  context: PartContext<FetchConfig>,
  base: PartRecord,
  request: Json,
  tools: FetchTools,
  counter: RowCounter,
): Promise<PartResult | null> {
  const asked = fetchRequestSchema.parse(request);
  const old = await readRows<FetchedRow>(join(context.folders.fetched, base.files["rows.arrow"]?.name ?? ""));
  const images = new RevisionImages(context, `images.r${base.revision + 1}.arrow`);
  const changed = new Map<number, FetchedRow>();
  const counts: Record<string, number> = {};
  await runRows(
    old.filter((row) => isAsked(row, asked)),
    {
      turns: tools.client.turns,
      hostOf: ({ url }) => hostOf(url),
      signal: context.signal,
      work: async (row, turn, signal) => {
        counter.begin();
        const fetchedAt = Date.now();
        const result = await tools.client.fetchImage(row.url, {
          signal,
          turn,
          ...(asked.kind === "refresh" ? validatorsOf(row) : {}),
        });
        counter.row(
          result.outcome,
          result.bytes,
          context.tellFailures === true ? { ...row, detail: result.detail } : undefined,
        );
        // In a retry most rows fail as they did, and nothing is lost by it.
        if (asked.kind === "refresh" || context.config.fetch.breaker.retry)
          tools.breaker.row(row.url, result.outcome, result.detail);
        const next =
          asked.kind === "retry" ? retried(row, result, fetchedAt) : refreshed(row, result, fetchedAt);
        counts[next === null ? "unchanged" : result.outcome] =
          (counts[next === null ? "unchanged" : result.outcome] ?? 0) + 1;
        if (next === null) return;
        changed.set(row.line, next);
        if (result.body !== null && next.outcome === "ok") await images.add(result.body, next);
      },
    },
  );
  const now = politenessOf(tools.client.turns.takeFigures(), context.workers ?? 1);
  const before = politenessIn(base.facts);
  if (changed.size === 0) return null;
  await images.finish();
  const rows = old.map((row) => changed.get(row.line) ?? row);
  await writeRows(await context.create("rows.arrow"), fetchedRowSchema, rows);
  await writeConsent(context, rows);
  const outcomes: OutcomeCounts = {};
  for (const { outcome } of rows) addOutcomes(outcomes, { [outcome]: 1 });
  return {
    rows: rows.length,
    outcomes,
    facts: {
      revision: { ...asked, at: new Date().toISOString(), rows: counts },
      politeness: mergePoliteness([...(before === null ? [] : [before]), now], namedHosts.part),
    },
  };
}

function isAsked({ outcome }: FetchedRow, request: FetchRequest): boolean {
  return request.kind === "refresh"
    ? outcome === "ok"
    : outcome !== "ok" && request.outcomes.includes(outcome);
}

function validatorsOf({ final_url: url, etag, last_modified: lastModified }: FetchedRow): {
  validators?: { url: string; etag: string | null; lastModified: string | null };
} {
  return url === null ? {} : { validators: { url, etag, lastModified } };
}

/** A row that ends as it did before stays as it is, so that a retry in vain changes nothing. */
function retried(row: FetchedRow, result: FetchResult, fetchedAt: number): FetchedRow | null {
  return result.outcome === row.outcome ? null : fetchedRow(row, result, fetchedAt);
}

/**
 * A picture that has changed takes the old one's place; one that was withdrawn from use (opted out, robots) goes. One that
 * cannot be had now is kept, and `detail` says why nothing newer is there.
 */
function refreshed(row: FetchedRow, result: FetchResult, fetchedAt: number): FetchedRow | null {
  if (result.outcome === "ok") {
    const same = result.unchanged || result.sha256 === row.sha256;
    return same ? null : fetchedRow(row, result, fetchedAt);
  }
  if (outcomeClasses[result.outcome] === "policy") return fetchedRow(row, result, fetchedAt);
  const detail = `kept; asked again: ${result.outcome}: ${result.detail ?? ""}`;
  return detail === row.detail ? null : { ...row, detail };
}

/** An images file that is made with its first picture. */
class RevisionImages {
  readonly #context: Pick<PartContext, "create">;
  readonly #role: string;
  #writer: Promise<ImagesWriter> | undefined;

  constructor(context: Pick<PartContext, "create">, role: string) {
    this.#context = context;
    this.#role = role;
  }

  async add(body: Uint8Array, row: FetchedRow): Promise<void> {
    this.#writer ??= this.#context.create(this.#role).then((file) => new ImagesWriter(file));
    const writer = await this.#writer;
    const placed = ({ offset, length }: ImageRange): void => {
      Object.assign(row, { image_file: this.#role, image_offset: BigInt(offset), image_length: length });
    };
    await writer.add(body, placed, row.sha256);
  }

  async finish(): Promise<void> {
    await (await this.#writer)?.finish();
  }
}
