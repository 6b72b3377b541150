import "@leyenda/core/libvips-threads";

import {
  type CleanRow,
  cleanRowSchema,
  contentNaming,
  type DatasetConfig,
  type FetchedRow,
  ImagesWriter,
  LeyendaError,
  type ManifestPart,
  nameOptions,
  type Outcome,
  type PartContext,
  type PartPlan,
  type PartResult,
  readRows,
  requireManifest,
  type RowCounter,
  type Stage,
  type StagePlan,
  withProgress,
  writeRows,
} from "@leyenda/core";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pMapIterable } from "p-map";
import sharp from "sharp";

import { Bodies } from "./bodies.js";
import { cleanImage } from "./clean-image.js";
import type { CleanResult } from "./clean-result.js";
import { readBlurBoxes } from "./read-blur-boxes.js";
import { scratch } from "./scratch.js";

const { version: turbo } = createRequire(import.meta.url)("@julusian/jpeg-turbo/package.json") as {
  version: string;
};

/** Pictures in hand at a time: one in the codec, the next one read and ready. */
const picturesInFlight = 2;

/** Longest time that one picture may take: libvips gives up on its own after half of it, unless a codec hangs. */
const pictureMs = 120_000;

/**
 * glibc gives each thread a heap of its own, and what libvips' threads free there in ever other sizes is not used again by the
 * others; and with every large block that is freed it raises the size from which blocks get pages of their own, so that pictures
 * leave holes in the heap. One heap, and pages of its own for each block of 64 KiB: memory stays flat, at no cost in time (see the
 * README).
 */
const workerEnvironment = { MALLOC_ARENA_MAX: "1", MALLOC_MMAP_THRESHOLD_: "65536" };

export interface CleanStageOptions {
  /** URL of the module that exports the stage. */
  module: string;
  /** @default cleanImage */
  clean?: typeof cleanImage;
  /** @default 120_000 */
  hangMs?: number;
}

/**
 * The stage from fetched parts to clean parts: `rows.arrow` with a row for each fetched row in the same order, and
 * `images.arrow` with the stored pictures. A pure function of the fetched part and the options.
 */
export function createCleanStage({
  module,
  clean = cleanImage,
  hangMs = pictureMs,
}: CleanStageOptions): Stage {
  return {
    name: "clean",
    folder: "clean",
    module,
    partsInFlight: 1,
    isolation: { hangMs },
    environment: workerEnvironment,
    recordFolder: ".",
    naming: contentNaming,
    versions: () => ({ node: process.version, vips: sharp.versions.vips, turbo }),
    options: ({ config }) => {
      checkBlurColumn(config);
      return nameOptions("clean", config.clean);
    },
    plan: async ({ folders }): Promise<StagePlan> => {
      const fetched = await requireManifest(folders.fetched, "fetch");
      return { parts: fetched.parts.map(planFrom) };
    },
    planFrom,
    run: (part, context) => withProgress((counter) => cleanPart(part, context, counter, clean)),
  };
}

function planFrom({ part, rows, hash, files }: ManifestPart): PartPlan {
  return {
    name: part,
    rows,
    inputHash: hash,
    input: Object.fromEntries(Object.entries(files).map(([role, { name }]) => [role, name])),
  };
}

async function cleanPart(
  part: PartPlan,
  context: PartContext,
  counter: RowCounter,
  clean: typeof cleanImage,
): Promise<PartResult> {
  // One process per core: libvips' own threads would only compete with the other workers.
  sharp.concurrency(1);
  // Nothing is decoded twice; keeping what was decoded only costs.
  sharp.cache(false);
  const { folders, config, signal, danger } = context;
  const files = part.input as Record<string, string>;
  const fetched = await readRows<FetchedRow>(join(folders.fetched, files["rows.arrow"] ?? ""));
  const bodies = new Bodies(folders.fetched, files);
  const images = new ImagesWriter(await context.create("images.arrow"));
  const rows: CleanRow[] = [];
  const { blurColumn } = config.clean;
  const cleanSafely = async (
    body: Uint8Array,
    { extra }: FetchedRow,
    index: number,
  ): Promise<CleanResult> => {
    const blur = blurColumn === null ? [] : readBlurBoxes(extra, blurColumn);
    if (blur === null) {
      const detail = `column ${blurColumn ?? ""}: expected [[left, top, right, bottom], …], each 0 to 1`;
      return { outcome: "malformed_row", detail };
    }
    const end = danger.fatal.get(index);
    if (end !== undefined) return fatalResults[end];
    const leave = danger.enter(index);
    try {
      return await clean(body, config.clean, { blur });
    } finally {
      leave();
    }
  };
  try {
    const cleaned = pMapIterable(
      fetched,
      async (row, index) => {
        signal.throwIfAborted();
        if (row.outcome !== "ok") return { row, result: null };
        const result = await scratch.lend(row.image_length ?? 0, async (memory) => {
          const body = await bodies.read(row, memory);
          return body === null ? null : cleanSafely(body, row, index);
        });
        return { row, result };
      },
      { concurrency: danger.careful ? 1 : picturesInFlight },
    );
    for await (const { row: from, result } of cleaned) {
      const row = toCleanRow(from, result);
      if (result?.outcome === "ok") {
        await images.add(result.encoded, ({ offset, length }) => {
          row.image_offset = BigInt(offset);
          row.image_length = length;
        });
      }
      rows.push(row);
      counter.row(row.outcome, from.image_length ?? 0);
    }
  } finally {
    await bodies.close();
  }
  await images.finish();
  await writeRows(await context.create("rows.arrow"), cleanRowSchema, rows);
  return { rows: rows.length, outcomes: counter.outcomes };
}

/** @throws LeyendaError CONFIG_INVALID when the boxes' column is not carried through */
function checkBlurColumn({ clean: { blurColumn }, source: { extraColumns } }: DatasetConfig): void {
  if (blurColumn === null || extraColumns === "all" || extraColumns.includes(blurColumn)) return;
  throw new LeyendaError("CONFIG_INVALID", `the column "${blurColumn}" is not carried through`, {
    where: "clean.blurColumn",
    expected: "a column of source.extraColumns",
    hint: `add "${blurColumn}" to source.extraColumns`,
  });
}

/** Of pictures that ended or hung their process, and are not tried again. */
const fatalResults = {
  crash: { outcome: "decoder_crash", detail: "the decoder crashed" },
  hang: { outcome: "decoder_timeout", detail: "the decoder did not come to an end" },
} as const;

function toCleanRow(row: FetchedRow, result: CleanResult | null): CleanRow {
  const { line, key, url, final_url, caption, extra, sha256 } = row;
  const stored = result?.outcome === "ok" ? result : null;
  const outcome: Outcome = result?.outcome ?? row.outcome;
  return {
    line,
    key,
    url,
    final_url,
    caption,
    outcome,
    detail: result === null ? row.detail : "detail" in result ? result.detail : null,
    source_sha256: sha256,
    source_format: result?.format ?? null,
    source_width: result?.originalWidth ?? null,
    source_height: result?.originalHeight ?? null,
    width: stored?.width ?? null,
    height: stored?.height ?? null,
    phash: stored?.perceptualHash?.phash ?? null,
    dhash: stored?.perceptualHash?.dhash ?? null,
    image_offset: null,
    image_length: null,
    extra: extra ?? null,
  };
}
