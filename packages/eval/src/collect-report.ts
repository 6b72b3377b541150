import { readFile } from "node:fs/promises";
import { join } from "node:path";

import {
  ImageFiles,
  LeyendaError,
  type Manifest,
  type Outcome,
  type PartContext,
  partRecordSchema,
  readJsonFile,
  readRows,
  requireManifest,
  type TranslatedRow,
  type TranslationFlag,
} from "@leyenda/core";

import { collectDownloads, collectHosts } from "./collect-downloads.js";
import { Histogram } from "./histogram.js";
import { listOutcomes } from "./list-outcomes.js";
import { bleu } from "./metrics/bleu.js";
import { chrf } from "./metrics/chrf.js";
import { politenessFigures } from "./politeness-figures.js";
import { readStoredPicture } from "./read-stored-picture.js";
import type { Count, ReportData, SamplePicture } from "./report/report-data.js";
import { thumbnail } from "./thumbnail.js";

/** What the report calls each sign of a poor translation. */
const flagLabels: Record<TranslationFlag, string> = {
  copied: "same as the source",
  loop: "words repeated in a row",
  length: "far shorter or longer than the source",
  numbers: "numbers lost",
  names: "names lost",
  empty: "nothing came out",
  source_truncated: "source cut",
  target_truncated: "translation cut",
  unknown_pieces: "unknown pieces",
};

/** Gathers what the report says out of all stages, part by part: memory does not grow with the rows but for the hosts. */
export async function collectReport(context: PartContext): Promise<Omit<ReportData, "captioner">> {
  const { config, folders } = context;
  const manifests = {
    fetch: await requireManifest(folders.fetched, "fetch"),
    clean: await requireManifest(folders.clean, "clean"),
    select: await requireManifest(folders.selected, "clean"),
    translate: await requireManifest(folders.translated, "translate"),
    arrange: await requireManifest(folders.arranged, "shards"),
    shards: await requireManifest(folders.dataset, "shards"),
  };
  const { rootHash } = manifests.shards.summary;
  const references = await readReferences(config.eval.references);
  const captions = await readCaptions(manifests.translate, context, references);
  return {
    dataset: config.name,
    rootHash: typeof rootHash === "string" ? rootHash : "",
    model: JSON.stringify(manifests.translate.options["translate.model"] ?? null),
    funnel: [
      { label: "in the list", count: manifests.fetch.rows },
      { label: "downloaded", count: manifests.fetch.outcomes.ok ?? 0 },
      { label: "clean", count: manifests.clean.outcomes.ok ?? 0 },
      {
        label: "wanted: caption and exclusion lists",
        count: (manifests.clean.outcomes.ok ?? 0) - unwanted(manifests.select),
      },
      {
        label: "different",
        count: (manifests.select.outcomes.ok ?? 0) + (manifests.select.outcomes.reserve ?? 0),
      },
      { label: "in the dataset", count: manifests.shards.rows },
    ],
    outcomes: listOutcomes(manifests.select.outcomes),
    matches: matchesOf(manifests.select),
    minutes: (await collectDownloads(manifests.fetch, folders.fetched)).minutes,
    politeness: politenessFigures(manifests.fetch),
    hosts: await collectHosts(manifests.clean, folders.clean),
    ...captions,
    stages: await stageTimes(manifests, context),
    pictures: await readPictures(manifests, context, references),
  };
}

/** Clean rows that are out by their caption or an exclusion list. */
function unwanted({ outcomes }: Manifest): number {
  return (Object.entries(outcomes) as [Outcome, number][])
    .filter(([outcome]) => outcome === "excluded" || outcome.startsWith("caption_"))
    .reduce((sum, [, rows]) => sum + rows, 0);
}

const reasonLabels: Record<string, string> = {
  exact: "the same bytes",
  near: "perceptual hashes",
  key: "the key",
  url: "the URL",
};

/** How duplicates, placeholders and excluded rows were found. */
function matchesOf({ parts: [selection] }: Manifest): Count[] {
  const matches = (selection?.facts.matches ?? {}) as Record<string, Record<string, number>>;
  return Object.entries(matches).flatMap(([verdict, reasons]) =>
    Object.entries(reasons).map(([reason, count]) => ({
      label: `${verdict}, by ${reasonLabels[reason] ?? reason}`,
      count,
    })),
  );
}

/** Human translations by URL and caption. */
type References = ReadonlyMap<string, string>;

async function readReferences(path: string | null): Promise<References> {
  if (path === null) return new Map();
  const text = await readFile(path, "utf8").catch((cause: unknown) => {
    throw new LeyendaError("SOURCE_MISSING", "the human translations cannot be read", {
      where: path,
      hint: "set eval.references to null to go without them",
      cause,
    });
  });
  const lines = text.split("\n").filter((line) => line !== "");
  return new Map(
    lines.map((line, index) => {
      const [url, caption, reference] = line.split("\t");
      if (url === undefined || caption === undefined || reference === undefined) {
        throw new LeyendaError("SOURCE_INVALID", "a human translation is incomplete", {
          where: `${path}:${index + 1}`,
          expected: "url, tab, caption, tab, translation",
        });
      }
      return [`${url}\t${caption}`, reference];
    }),
  );
}

async function readCaptions(
  translated: Manifest,
  { folders }: PartContext,
  references: References,
): Promise<Pick<ReportData, "histograms" | "scores" | "flags" | "translating">> {
  const longer = new Histogram([128, 192, 256, 320, 384, 448, 512, 640, 768, 1024]);
  const english = new Histogram([3, 5, 7, 9, 12, 15, 20, 30, 50]);
  const spanish = new Histogram([3, 5, 7, 9, 12, 15, 20, 30, 50]);
  const megapixels = new Histogram([0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8]);
  const kilobytes = new Histogram([5, 10, 20, 30, 50, 75, 100, 150, 250]);
  const score = new Histogram([-3, -2, -1.5, -1.2, -1, -0.8, -0.6, -0.4, -0.2]);
  const flags = new Map<string, number>(Object.values(flagLabels).map((label) => [label, 0]));
  let clear = 0;
  const hypotheses: string[] = [];
  const humans: string[][] = [];
  for (const { files } of translated.parts) {
    const rows = await readRows<TranslatedRow>(join(folders.translated, files["rows.arrow"]?.name ?? ""));
    for (const row of rows) {
      longer.add(Math.max(row.width, row.height));
      megapixels.add((row.source_width * row.source_height) / 1e6);
      kilobytes.add(row.image_length / 1000);
      score.add(row.score);
      english.add(words(row.caption_en));
      spanish.add(words(row.caption_es));
      const found = row.flags === "" ? [] : (row.flags.split(",") as TranslationFlag[]);
      if (found.length === 0) clear += 1;
      for (const flag of found) flags.set(flagLabels[flag], (flags.get(flagLabels[flag]) ?? 0) + 1);
      const human = references.get(`${row.url}\t${row.caption_en}`);
      if (human !== undefined) {
        hypotheses.push(row.caption_es);
        humans.push([human]);
      }
    }
  }
  return {
    histograms: [
      { title: "Longer side of the stored picture", unit: "pixels", bars: longer.bars() },
      { title: "Size of the original", unit: "megapixels", bars: megapixels.bars() },
      { title: "Stored picture", unit: "kB", bars: kilobytes.bars() },
      { title: "English caption", unit: "words", bars: english.bars() },
      { title: "Spanish caption", unit: "words", bars: spanish.bars() },
      { title: "Score of the translation", unit: "log probability", bars: score.bars() },
    ],
    scores: hypotheses.length === 0 ? null : scores(hypotheses, humans),
    flags: [...flags, ["none of these", clear] as const].map(([label, count]) => ({ label, count })),
    translating: translating(translated),
  };
}

function translating({ rows, summary }: Manifest): Count[] {
  const { captions, retried, bettered } = summary as Partial<Record<string, number>>;
  return [
    { label: "chosen rows", count: rows },
    { label: "different captions in their parts", count: captions ?? rows },
    { label: "translated again", count: retried ?? 0 },
    { label: "of these, with fewer signs then", count: bettered ?? 0 },
    ...(summary.cache === undefined
      ? []
      : [{ label: "found in the cache", count: (summary.cache as { found: number }).found }]),
  ];
}

function scores(
  hypotheses: readonly string[],
  references: readonly string[][],
): NonNullable<ReportData["scores"]> {
  const byBleu = bleu(hypotheses, references);
  const byChrf = chrf(hypotheses, references);
  return {
    rows: hypotheses.length,
    bleu: byBleu.score,
    bleuSignature: byBleu.signature,
    chrf: byChrf.score,
    chrfSignature: byChrf.signature,
  };
}

function words(caption: string): number {
  return caption.split(/\s+/).filter((word) => word !== "").length;
}

async function stageTimes(
  manifests: Record<string, Manifest>,
  { folders }: PartContext,
): Promise<ReportData["stages"]> {
  const places: Record<string, string> = {
    fetch: folders.fetched,
    clean: folders.clean,
    select: folders.selected,
    translate: folders.translated,
    arrange: folders.arranged,
    shards: join(folders.dataset, ".records"),
  };
  return Promise.all(
    Object.entries(manifests).map(async ([stage, { parts, rows }]) => {
      let seconds = 0;
      for (const { part } of parts) {
        const record = await readJsonFile(join(places[stage] ?? "", `${part}.json`), partRecordSchema);
        seconds += record?.seconds ?? 0;
      }
      return { stage, seconds, parts: parts.length, rows };
    }),
  );
}

/** The first rows of the first shards, which are a random sample: their order is a shuffle. */
async function readPictures(
  { clean, arrange }: { clean: Manifest; arrange: Manifest },
  { folders, config }: PartContext,
  references: References,
): Promise<SamplePicture[]> {
  const pictures: SamplePicture[] = [];
  const images = new ImageFiles(folders.clean, clean);
  try {
    for (const [role, file] of Object.entries(arrange.parts[0]?.files ?? {})) {
      const wanted = role.startsWith("train-00000")
        ? config.eval.samplePictures * 0.75
        : config.eval.samplePictures * 0.25;
      if (!role.includes("-00000-of-")) continue;
      const rows = await readRows<TranslatedRow>(join(folders.arranged, file.name));
      for (const row of rows.slice(0, wanted)) {
        pictures.push({
          jpegBase64: await thumbnail(await readStoredPicture(images, row)),
          en: row.caption_en,
          es: row.caption_es,
          reference: references.get(`${row.url}\t${row.caption_en}`) ?? null,
          split: row.split,
          url: row.url,
        });
      }
    }
  } finally {
    await images.close();
  }
  return pictures;
}
