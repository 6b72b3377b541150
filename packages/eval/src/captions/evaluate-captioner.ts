import type { Captioner, CaptionOptions, PreprocessOptions } from "@leyenda/caption-model";
import { LeyendaError } from "@leyenda/core";

import { captionLoss, type CaptionLoss } from "./caption-loss.js";
import type { CaptionSet } from "./caption-set.js";
import { ShiftedPictures, shiftedRow } from "./shift-pictures.js";

/** A picture and what people say of it. */
export interface PictureRow {
  id: string;
  /** The bytes of a picture file, or its path; or why there is none. */
  picture: Uint8Array | string | LeyendaError;
  /** One or more. The first is the one whose loss is taken. */
  references: readonly string[];
}

/** What a model says of a picture. */
export type Prediction = { id: string } & (
  { caption: string; score: number; error: null } | { caption: ""; score: null; error: LeyendaError }
);

export interface EvaluateOptions
  extends Partial<Omit<CaptionOptions, "best">>, Omit<PreprocessOptions, "edge"> {
  /** Rows of a batch of `loss_seed`: 128 to a device, in the original. @default 128 */
  lossBatch?: number;
  /** Longest reference in tokens, as the model was trained. @default 64 */
  maxLabelLength?: number;
  /** Also score every caption beside another's picture. @default false */
  shuffled?: boolean;
  /** Is given each prediction and its references, in order. */
  onPrediction?: (prediction: Prediction, references: readonly string[]) => Promise<void> | void;
}

/** Captions of a split and their references, in the split's order. */
export interface EvaluatedSplit extends Required<CaptionSet> {
  ids: readonly string[];
  /** Rows whose picture cannot be read: their captions are empty. */
  failed: number;
  /** References that were cut. */
  truncated: number;
  loss: CaptionLoss;
  /** The same with each caption beside another's picture; null where that was not asked for, or there is no other. */
  shuffled: { hypotheses: readonly string[]; loss: CaptionLoss } | null;
}

interface Prepared extends PictureRow {
  pixels: Float32Array | LeyendaError;
  /** Its references, as the model was trained on them. */
  encoded: { ids: number[]; truncated: boolean }[];
}

const defaultLossBatch = 128;

/**
 * Captions pictures and says how likely the model finds their references. Texts are kept, pictures are not: memory grows by the texts alone.
 *
 * @throws what is wrong with the model or the options, and with no picture
 */
export async function evaluateCaptioner(
  captioner: Captioner,
  rows: AsyncIterable<PictureRow> | Iterable<PictureRow>,
  {
    lossBatch = defaultLossBatch,
    maxLabelLength = 64,
    shuffled = false,
    onPrediction = () => undefined,
    batchSize = 16,
    transform,
    applyOrientation,
    ...search
  }: EvaluateOptions = {},
): Promise<EvaluatedSplit> {
  // Loaded when it is wanted: scores alone need no model.
  const { tryPreprocess } = await import("@leyenda/caption-model");
  const preparation = {
    edge: captioner.info.vision.image_size,
    ...(transform === undefined ? {} : { transform }),
    ...(applyOrientation === undefined ? {} : { applyOrientation }),
  };
  const split = {
    ids: [] as string[],
    hypotheses: [] as string[],
    references: [] as (readonly string[])[],
    labels: [] as string[][],
    ...{ failed: 0, truncated: 0 },
  };
  /** Rows that have a picture, with their loss beside it and beside another's. */
  const seen: number[] = [];
  const losses: RowLoss[] = [];
  const others: RowLoss[] = [];
  const firsts: (readonly number[])[] = [];
  const pictures = new ShiftedPictures(batchSize);

  for await (const batch of batches(rows, batchSize)) {
    const prepared = await Promise.all(
      batch.map(async (row): Promise<Prepared> => ({
        ...row,
        pixels: await tryPreprocess(row.picture, preparation),
        encoded: row.references.map((text) => captioner.encode(text, { maxLength: maxLabelLength })),
      })),
    );
    const good = prepared.filter(isReadable);
    const looked = await captioner.look(join(good.map(({ pixels }) => pixels)), { batchSize });
    const captions = await captioner.captionPixels(looked, { ...search, batchSize });
    const targets = good.map(({ encoded: [first] }) => first?.ids ?? []);
    losses.push(...(await captioner.scoreIds(looked, targets, { batchSize })).map(lossOf));
    if (shuffled) {
      const shifted = good.map(({ pixels }, place) => ({
        pixels: pictures.next(pixels),
        ids: targets[place] ?? [],
      }));
      firsts.push(...shifted.flatMap(({ pixels, ids }) => (pixels === null ? [ids] : [])));
      const known = shifted.flatMap(({ pixels, ids }) => (pixels === null ? [] : [{ pixels, ids }]));
      others.push(...(await lossesOf(captioner, known, batchSize)));
    }
    let place = 0;
    for (const row of prepared) {
      const { id, references, pixels, encoded } = row;
      split.ids.push(id);
      split.references.push(references);
      split.labels.push(encoded.map(({ ids }) => captioner.decode(ids)));
      split.truncated += encoded.filter(({ truncated }) => truncated).length;
      if (pixels instanceof LeyendaError) {
        split.failed += 1;
        split.hypotheses.push("");
        await onPrediction({ id, caption: "", score: null, error: pixels }, references);
      } else {
        const caption = captions[place++];
        if (caption === undefined) throw new Error(`${id} has no caption`);
        seen.push(split.hypotheses.length);
        split.hypotheses.push(caption.text);
        await onPrediction({ id, caption: caption.text, score: caption.score, error: null }, references);
      }
    }
  }
  const result = { ...split, loss: captionLoss(losses, lossBatch), shuffled: null };
  if (!shuffled || seen.length < 2) return result;
  const last = pictures.last().map((pixels, row) => ({ pixels, ids: firsts[row] ?? [] }));
  const firstLosses: RowLoss[] = [];
  for (let first = 0; first < last.length; first += batchSize)
    firstLosses.push(...(await lossesOf(captioner, last.slice(first, first + batchSize), batchSize)));
  const hypotheses = [...split.hypotheses];
  for (const [place, row] of seen.entries())
    hypotheses[row] = split.hypotheses[seen[shiftedRow(place, seen.length, batchSize)] ?? 0] ?? "";
  return {
    ...result,
    shuffled: { hypotheses, loss: captionLoss([...firstLosses, ...others], lossBatch) },
  };
}

/** Σ −log p over a caption's tokens, and how many they are. */
interface RowLoss {
  loss: number;
  tokens: number;
}

async function* batches<Row>(
  rows: AsyncIterable<Row> | Iterable<Row>,
  size: number,
): AsyncGenerator<Row[], void, undefined> {
  let batch: Row[] = [];
  for await (const row of rows) {
    batch.push(row);
    if (batch.length < size) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

function isReadable(row: Prepared): row is Prepared & { pixels: Float32Array } {
  return row.pixels instanceof Float32Array;
}

function join(pictures: readonly Float32Array[]): Float32Array {
  const size = pictures[0]?.length ?? 0;
  const all = new Float32Array(pictures.length * size);
  for (const [index, pixels] of pictures.entries()) all.set(pixels, index * size);
  return all;
}

async function lossesOf(
  captioner: Captioner,
  rows: readonly { pixels: Float32Array; ids: readonly number[] }[],
  batchSize: number,
): Promise<RowLoss[]> {
  const scores = await captioner.scoreIds(
    join(rows.map(({ pixels }) => pixels)),
    rows.map(({ ids }) => ids),
    { batchSize },
  );
  return scores.map(lossOf);
}

function lossOf(logProbabilities: Float32Array): RowLoss {
  return {
    loss: -logProbabilities.reduce((sum, value) => sum + value, 0),
    tokens: logProbabilities.length,
  };
}
