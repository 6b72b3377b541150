import { type InferenceSession, Tensor } from "onnxruntime-node";

import type { MarianConfig } from "../checkpoint/read-marian-config.js";
import { BeamSearch } from "./beam-search.js";
import { GreedySearch } from "./greedy-search.js";
import type { Continuation, Hypothesis, SearchOptions, SentenceSearch } from "./sentence-search.js";

/** Names to float tensors, as the graphs take and give them. */
type Tensors = Record<string, Tensor>;

interface DecodeOptions {
  decoder: InferenceSession;
  config: MarianConfig;
  /** What the encoder made: `cross_keys_i`, `cross_values_i`; and `cross_mask`. */
  cross: Tensors;
  sentences: number;
  search: SearchOptions;
}

/** Sentences that are done leave the batch once they are this share of it. */
const doneShare = 0.25;

/**
 * Searches translations for the sentences of a batch together, a step of all beams at a time.
 *
 * @returns the best hypothesis of each sentence, in order
 */
export async function decodeBatch({
  decoder,
  config,
  cross,
  sentences,
  search,
}: DecodeOptions): Promise<Hypothesis[]> {
  const searches = Array.from({ length: sentences }, (): SentenceSearch =>
    search.beams === 1 ? new GreedySearch(search, config.endId) : new BeamSearch(search, config.endId),
  );
  const wanted = Math.min(search.beams === 1 ? 1 : 2 * search.beams, config.vocabularySize);
  const count = new Tensor("int64", BigInt64Array.of(BigInt(wanted)), [1]);
  let active = searches.map((_, sentence) => sentence);
  let crossNow = cross;
  let rows: Int32Array = Int32Array.from(active, () => config.startId);
  let origins: Int32Array = Int32Array.from(active.keys());
  let cache = emptyCache(config, sentences);

  for (let position = 0; active.some((sentence) => searches[sentence]?.done === false); position += 1) {
    const perSentence = rows.length / active.length;
    const forced = config.forcedEndId !== null && position + 2 === search.maxLength;
    let step: Tensors = {};
    if (!forced) {
      step = await decoder.run({
        ids: new Tensor("int32", rows, [rows.length]),
        position: new Tensor("int32", Int32Array.of(position), [1]),
        origin: new Tensor("int32", origins, [origins.length]),
        count,
        ...crossNow,
        ...cache,
      });
      cache = Object.fromEntries(
        Object.keys(cache).map((name) => [name, required(step[`new_${name}`], name)]),
      );
    }
    const nextRows: number[] = [];
    const nextOrigins: number[] = [];
    for (const [place, sentence] of active.entries()) {
      const current = required(searches[sentence], "search");
      const first = place * perSentence;
      const chosen = current.done
        ? []
        : current.advance(
            forced
              ? forcedEnds(current, config.forcedEndId ?? config.endId)
              : continuations(current, step, first, perSentence, wanted),
          );
      // A sentence that is done, or has fewer ways on than beams, fills its rows: the graph wants equal numbers.
      for (let beam = 0; beam < search.beams; beam += 1) {
        const next = chosen[beam] ?? chosen[0] ?? { beam: 0, token: config.padId };
        nextRows.push(next.token);
        nextOrigins.push(first + next.beam);
      }
    }
    rows = Int32Array.from(nextRows);
    origins = Int32Array.from(nextOrigins);
    const left = [...active.keys()].filter((place) => searches[active[place] ?? -1]?.done === false);
    if (
      left.length < active.length &&
      (left.length === 0 || active.length - left.length >= doneShare * active.length)
    ) {
      crossNow = pickSentences(crossNow, left);
      rows = pickRows(rows, left, search.beams);
      origins = pickRows(origins, left, search.beams);
      active = left.map((place) => active[place] ?? 0);
    }
  }
  return searches.map((each) => each.best());
}

/** The best continuations over all beams of a sentence, best first, as many as one row gave. */
function continuations(
  { beams }: SentenceSearch,
  step: Tensors,
  firstRow: number,
  rows: number,
  wanted: number,
): Continuation[] {
  const scores = required(step.scores, "scores").data as Float32Array;
  const tokens = required(step.tokens, "tokens").data as BigInt64Array;
  const all: Continuation[] = [];
  for (let beam = 0; beam < rows; beam += 1) {
    const before = beams[beam]?.score ?? 0;
    for (let rank = 0; rank < wanted; rank += 1) {
      const index = (firstRow + beam) * wanted + rank;
      all.push({ beam, token: Number(tokens[index]), score: Math.fround((scores[index] ?? 0) + before) });
    }
  }
  return all.sort((a, b) => b.score - a.score).slice(0, wanted);
}

/** At the longest length every beam ends, at no cost. */
function forcedEnds({ beams }: SentenceSearch, token: number): Continuation[] {
  return beams.map(({ score }, beam) => ({ beam, token, score })).sort((a, b) => b.score - a.score);
}

function emptyCache(
  { decoderCell, decoderLayers, decoderHeads, width }: MarianConfig,
  rows: number,
): Tensors {
  const d = width / decoderHeads;
  const cache: Tensors = {};
  for (let layer = 0; layer < decoderLayers; layer += 1) {
    if (decoderCell === "ssru") {
      cache[`state_${layer}`] = new Tensor("float32", new Float32Array(rows * width), [rows, 1, width]);
      continue;
    }
    cache[`keys_${layer}`] = new Tensor("float32", new Float32Array(), [rows, decoderHeads, d, 0]);
    cache[`values_${layer}`] = new Tensor("float32", new Float32Array(), [rows, decoderHeads, 0, d]);
  }
  return cache;
}

function pickSentences(cross: Tensors, places: readonly number[]): Tensors {
  return Object.fromEntries(
    Object.entries(cross).map(([name, tensor]) => {
      const data = tensor.data as Float32Array;
      const size = data.length / (tensor.dims[0] ?? 1);
      const picked = new Float32Array(places.length * size);
      places.forEach((place, index) => {
        picked.set(data.subarray(place * size, (place + 1) * size), index * size);
      });
      return [name, new Tensor("float32", picked, [places.length, ...tensor.dims.slice(1)])];
    }),
  );
}

function pickRows(rows: Int32Array, places: readonly number[], beams: number): Int32Array {
  return Int32Array.from(places.flatMap((place) => [...rows.subarray(place * beams, (place + 1) * beams)]));
}

function required<Item>(value: Item | undefined, name: string): Item {
  if (value === undefined) throw new Error(`the graph gave no ${name}`);
  return value;
}
