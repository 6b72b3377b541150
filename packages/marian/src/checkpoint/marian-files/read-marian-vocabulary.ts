import { readdir } from "node:fs/promises";
import { join } from "node:path";

import { LeyendaError } from "@leyenda/core";
import { parse } from "yaml";
import { z } from "zod";

import { parseSentencePieceModel } from "../../spm/read-sentence-piece-model.js";
import type { Checkpoint } from "../checkpoint.js";
import { invalidModel } from "../invalid-model.js";
import type { MarianConfig } from "../read-marian-config.js";
import { readModelFile } from "../read-model-file.js";

const vocabularySchema = z.record(z.string(), z.int().nonnegative());
const [end, unknown, padding] = ["</s>", "<unk>", "<pad>"];

/**
 * The tokenizer beside Marian's own weights, as the files that `MarianTokenizer` loads: either one joint SentencePiece model, whose
 * piece numbers are the ids (Firefox Translations), or `source.spm`, `target.spm` and a `vocab.yml` (OPUS-MT).
 *
 * @returns these files, and the configuration with the ids of `</s>` and `<unk>`, which Marian never says
 * @throws LeyendaError MODEL_MISSING or MODEL_INVALID naming the file
 */
export async function readMarianVocabulary(
  folder: string,
  config: MarianConfig,
): Promise<Pick<Checkpoint, "config" | "tokenizer">> {
  const names = (await readdir(folder)).sort();
  const spms = names.filter((name) => name.endsWith(".spm"));
  const yaml = names.find((name) => name.endsWith("vocab.yml"));
  const read = (name: string): Promise<Uint8Array> =>
    readModelFile(join(folder, name), "a file of the tokenizer");
  let ids: Map<string, number>;
  let source: Uint8Array;
  let target: Uint8Array;
  const [joint, second] = spms;
  if (yaml !== undefined && spms.includes("source.spm") && spms.includes("target.spm")) {
    [source, target] = [await read("source.spm"), await read("target.spm")];
    ids = parseVocabulary(await read(yaml), join(folder, yaml));
  } else if (joint !== undefined && second === undefined) {
    source = target = await read(joint);
    ids = new Map(
      parseSentencePieceModel(source, join(folder, joint)).pieces.map(({ text }, id) => [text, id]),
    );
  } else {
    throw new LeyendaError("MODEL_MISSING", "the vocabulary cannot be told", {
      where: folder,
      expected: "one joint vocab.*.spm, or source.spm, target.spm and a vocab.yml",
    });
  }
  const where = join(folder, yaml ?? joint ?? "");
  const endId = ids.get(end);
  const unknownId = ids.get(unknown);
  if (endId === undefined || unknownId === undefined)
    throw invalidModel(where, `it has no ${end} or no ${unknown}`);
  for (const [piece, id] of ids)
    if (id >= config.padId)
      throw invalidModel(where, `piece ${piece} has the id ${id}; the model has ${config.padId} words`);
  ids.set(padding, config.padId);
  const json = Buffer.from(JSON.stringify(Object.fromEntries(ids)));
  const own = config.positions === "marian";
  return {
    config: {
      ...config,
      endId,
      forcedEndId: own ? null : endId,
      bannedIds: own ? [unknownId] : [config.padId],
      specialTokensInText: yaml !== undefined,
    },
    tokenizer: { "source.spm": source, "target.spm": target, "vocab.json": json },
  };
}

function parseVocabulary(bytes: Uint8Array, path: string): Map<string, number> {
  try {
    const text = Buffer.from(bytes).toString("utf8");
    return new Map(Object.entries(vocabularySchema.parse(parse(text, { maxAliasCount: 0 }))));
  } catch (cause) {
    throw invalidModel(path, "the vocabulary is no YAML object from piece to id", undefined, cause);
  }
}
