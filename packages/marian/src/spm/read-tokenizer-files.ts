import { join } from "node:path";

import type { Checkpoint } from "../checkpoint/checkpoint.js";
import { readModelFile } from "../checkpoint/read-model-file.js";

/** The files that a tokenizer is made of. @throws LeyendaError MODEL_MISSING naming the one that cannot be read */
export async function readTokenizerFiles(folder: string): Promise<Checkpoint["tokenizer"]> {
  const read = (name: string): Promise<Buffer> =>
    readModelFile(join(folder, name), "a file of the tokenizer");
  const [source, target, vocabulary] = await Promise.all([
    read("source.spm"),
    read("target.spm"),
    read("vocab.json"),
  ]);
  return { "source.spm": source, "target.spm": target, "vocab.json": vocabulary };
}
