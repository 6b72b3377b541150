import { createReadStream } from "node:fs";
import { access } from "node:fs/promises";
import { createInterface } from "node:readline";

import { LeyendaError, writeFileAtomically } from "@leyenda/core";

import { MarianTokenizer } from "../spm/marian-tokenizer.js";
import { buildShortlist, type SentencePair, type ShortlistOptions } from "./build-shortlist.js";

/** Longer sentences teach little and cost much. */
const longest = 128;

/**
 * Learns a shortlist from translated text and writes it as Marian's binary file.
 *
 * @param options.tokenizer folder with `source.spm`, `target.spm` and `vocab.json`: a checkpoint or a converted model
 * @param options.source text, a sentence a line, and `options.target` its translation, line by line
 * @returns how many pairs of sentences it was learnt from
 * @throws LeyendaError SOURCE_MISSING, SOURCE_INVALID where one has more lines, or MODEL_MISSING
 */
export async function learnShortlist({
  tokenizer: folder,
  source,
  target,
  out,
  ...options
}: ShortlistOptions & { tokenizer: string; source: string; target: string; out: string }): Promise<number> {
  const tokenizer = await MarianTokenizer.load(folder, { specialTokensInText: false });
  const pairs: SentencePair[] = [];
  const targets = await openLines(target);
  for await (const line of await openLines(source)) {
    const { value, done } = await targets.next();
    if (done === true) throw unequal(target, source);
    pairs.push([tokenizer.encode(line, longest).ids, tokenizer.encodeTarget(value, longest).ids]);
  }
  if ((await targets.next()).done !== true) throw unequal(source, target);
  await writeFileAtomically(out, buildShortlist(pairs, options));
  return pairs.length;
}

async function openLines(path: string): Promise<AsyncIterator<string, undefined> & AsyncIterable<string>> {
  await access(path).catch((cause: unknown) => {
    throw new LeyendaError("SOURCE_MISSING", "the text cannot be read", { where: path, cause });
  });
  const lines = createInterface({ input: createReadStream(path, "utf8"), crlfDelay: Infinity });
  return lines[Symbol.asyncIterator]() as AsyncIterator<string, undefined> & AsyncIterable<string>;
}

function unequal(shorter: string, longer: string): LeyendaError {
  return new LeyendaError("SOURCE_INVALID", "a text and its translation have other numbers of lines", {
    where: shorter,
    expected: `a line for each line of ${longer}`,
  });
}
