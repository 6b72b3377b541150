import { readdir } from "node:fs/promises";
import { join } from "node:path";

import { LeyendaError } from "@leyenda/core";

import { targetVocabularyFile, type TokenizerFiles } from "../checkpoint/checkpoint.js";
import { readModelFile } from "../checkpoint/read-model-file.js";

/** The files that a tokenizer is made of. @throws LeyendaError MODEL_MISSING naming the one that cannot be read */
export async function readTokenizerFiles(folder: string): Promise<TokenizerFiles> {
  const names = await readdir(folder).catch((cause: unknown) => {
    throw new LeyendaError("MODEL_MISSING", "the model's folder cannot be read", { where: folder, cause });
  });
  const read = (name: string): Promise<Buffer> =>
    readModelFile(join(folder, name), "a file of the tokenizer");
  const [source, target, vocabulary, own] = await Promise.all([
    read("source.spm"),
    read("target.spm"),
    read("vocab.json"),
    names.includes(targetVocabularyFile) ? read(targetVocabularyFile) : undefined,
  ]);
  return {
    "source.spm": source,
    "target.spm": target,
    "vocab.json": vocabulary,
    ...(own === undefined ? {} : { [targetVocabularyFile]: own }),
  };
}
