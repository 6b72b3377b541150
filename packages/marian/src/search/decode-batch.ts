import { Tensor } from "onnxruntime-common";

import type { MarianConfig } from "../checkpoint/read-marian-config.js";
import { pickSentences, type Tensors } from "./batch-tensors.js";
import { BeamSearch } from "./beam-search.js";
import { type CacheMemory, DecoderCache } from "./decoder-cache.js";
import type { DecoderMemory } from "./decoder-memory.js";
import { FlaxBeamSearch } from "./flax-beam-search.js";
import { forbiddenTokens } from "./forbidden-tokens.js";
import { GreedySearch } from "./greedy-search.js";
import { RecurrentState } from "./recurrent-state.js";
import type { Continuation, Hypothesis, SearchOptions, SentenceSearch } from "./sentence-search.js";

export interface DecodeOptions {
  /** A step of the decoder: its inputs to its outputs, see `buildDecoder`. */
  step: (inputs: Tensors) => Promise<Tensors>;
  config: MarianConfig;
  /** What a step is told of each sentence: `cross_keys_i`, `cross_values_i`, `cross_mask`, …, with the sentences in front. Changed while it runs. */
  perSentence: Tensors;
  /** How many words a step chooses among. */
  words: number;
  sentences: number;
  search: SearchOptions;
  memory: CacheMemory;
}

/** No word that a sentence is allowed is as unlikely as this. */
const impossible = -1e20;

/** Sentences that are done leave the batch once they are this share of it. */
const doneShare = 1 / 16;

/**
 * Searches translations for the sentences of a batch together, a step of all beams at a time.
 *
 * @returns what was found for each sentence, best first, in the sentences' order
 */
export async function decodeBatch({
  step: run,
  config,
  words,
  perSentence,
  sentences,
  search,
  memory,
}: DecodeOptions): Promise<(readonly Hypothesis[])[]> {
  const searches = Array.from({ length: sentences }, (): SentenceSearch =>
    createSearch(search, config.endId),
  );
  const wanted = Math.min(search.beams === 1 ? 1 : 2 * search.beams, words);
  const isRestricted = search.noRepeatNgramSize > 0 || search.minLength > 0 || config.bannedRuns.length > 0;
  const past: DecoderMemory =
    config.decoderCell === "ssru"
      ? new RecurrentState(config, sentences)
      : new DecoderCache(config, sentences, memory, {
          beams: search.beams,
          steps: Math.min(search.maxLength, expectedSteps(perSentence)),
        });
  let active = searches.map((_, sentence) => sentence);
  let told = perSentence;
  let rows: Int32Array = Int32Array.from(active, () => config.startId);

  for (let position = 0; active.some((sentence) => searches[sentence]?.done === false); position += 1) {
    const rowsOfEach = rows.length / active.length;
    const forced = config.forcedEndId !== null && position + 2 === search.maxLength;
    // At most one token for each that there is may not come next, one for each banned run, and `</s>`.
    const restricted = isRestricted ? position + 2 + config.bannedRuns.length : 0;
    const ranks = Math.min(wanted + restricted, words);
    let step: Tensors = {};
    if (!forced) {
      step = await run({
        ids: new Tensor("int32", rows, [rows.length]),
        position: new Tensor("int32", Int32Array.of(position), [1]),
        count: new Tensor("int64", BigInt64Array.of(BigInt(ranks)), [1]),
        ...told,
        ...past.feeds(),
      });
      past.append(step);
    }
    const next = new Int32Array(active.length * search.beams);
    const origins = new Uint8Array(next.length);
    for (const [place, sentence] of active.entries()) {
      const current = required(searches[sentence], "search");
      const chosen = current.done
        ? []
        : current.advance(
            forced
              ? forcedEnds(current, config.forcedEndId ?? config.endId)
              : continuations(current, step, place * rowsOfEach, rowsOfEach, ranks),
          );
      // A sentence that is done, or has fewer ways on than beams, fills its rows: the graph wants equal numbers.
      for (let beam = 0; beam < search.beams; beam += 1) {
        const { token, beam: origin } = chosen[beam] ?? chosen[0] ?? { beam: 0, token: config.endId };
        next[place * search.beams + beam] = token;
        origins[place * search.beams + beam] = origin;
      }
    }
    rows = next;
    const left = [...active.keys()].filter((place) => searches[active[place] ?? -1]?.done === false);
    if (left.length === 0) break;
    past.reorder(search.beams, origins);
    if (left.length <= (1 - doneShare) * active.length) {
      told = pickSentences(told, left);
      past.keep(left);
      rows = pickRows(rows, left, search.beams);
      active = left.map((place) => active[place] ?? 0);
    }
  }
  return searches.map((each) => each.found());

  /** The best continuations over all beams of a sentence, best first. */
  function continuations(
    { beams }: SentenceSearch,
    step: Tensors,
    firstRow: number,
    rows: number,
    ranks: number,
  ): Continuation[] {
    const scores = required(step.scores, "scores").data as Float32Array;
    const tokens = required(step.tokens, "tokens").data as BigInt64Array;
    const all: Continuation[] = [];
    for (let beam = 0; beam < rows; beam += 1) {
      const before = beams[beam];
      const forbidden = isRestricted ? forbiddenTokens(before?.tokens ?? [], search, config) : null;
      let excluded = 0;
      const first = all.length;
      for (let rank = 0; rank < ranks; rank += 1) {
        const index = (firstRow + beam) * ranks + rank;
        const token = Number(tokens[index]);
        const score = scores[index] ?? 0;
        // A shortlist may have fewer words than are wanted.
        if (score <= impossible) continue;
        if (forbidden?.has(token) === true) excluded += Math.exp(score);
        else all.push({ beam, token, score: Math.fround(score + (before?.score ?? 0)) });
      }
      // Probabilities are taken anew among the words that are left.
      if (config.renormalize && search.rules === "hf" && excluded > 0) {
        for (const each of all.slice(first)) each.score = Math.fround(each.score - Math.log1p(-excluded));
      }
    }
    return all.sort((a, b) => b.score - a.score).slice(0, wanted);
  }
}

/** Few translations have twice as many tokens as the longest source of their batch. */
function expectedSteps({ cross_mask: mask }: Tensors): number {
  return 2 * (mask?.dims[3] ?? 0);
}

function createSearch(search: SearchOptions, endId: number): SentenceSearch {
  if (search.beams === 1) return new GreedySearch(search, endId);
  return search.rules === "hf" ? new BeamSearch(search, endId) : new FlaxBeamSearch(search, endId);
}

/** At the longest length every beam ends, at no cost. */
function forcedEnds({ beams }: SentenceSearch, token: number): Continuation[] {
  return beams.map(({ score }, beam) => ({ beam, token, score })).sort((a, b) => b.score - a.score);
}

function pickRows(rows: Int32Array, places: readonly number[], beams: number): Int32Array {
  return Int32Array.from(places.flatMap((place) => [...rows.subarray(place * beams, (place + 1) * beams)]));
}

function required<Item>(value: Item | undefined, name: string): Item {
  if (value === undefined) throw new Error(`the graph gave no ${name}`);
  return value;
}
