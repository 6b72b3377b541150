import { createHash } from "node:crypto";
import { mkdir, readFile } from "node:fs/promises";
import { basename, join, resolve } from "node:path";

import { hashJson, LeyendaError, writeFileAtomically } from "@leyenda/core";

import { MarianWeights } from "./checkpoint/marian-weights.js";
import { readMarianConfig } from "./checkpoint/read-marian-config.js";
import { readSafetensors } from "./checkpoint/read-safetensors.js";
import { type ModelInfo, modelFormat, modelInfoName } from "./model-info.js";
import { buildDecoder } from "./onnx/build-decoder.js";
import { buildEncoder } from "./onnx/build-encoder.js";
import type { Precision } from "./onnx/layers.js";
import { MarianTokenizer } from "./spm/marian-tokenizer.js";

const producer = "leyenda";
const tokenizerFiles = ["source.spm", "target.spm", "vocab.json"];

/**
 * Converts a Hugging Face Marian checkpoint (`config.json`, `model.safetensors`, `source.spm`, `target.spm`, `vocab.json`) to the
 * project's own two ONNX graphs, and puts them with the tokenizer into one folder.
 *
 * @throws LeyendaError MODEL_MISSING or MODEL_INVALID naming the file and tensor or field
 */
export async function convertCheckpoint(
  from: string,
  to: string,
  { precision = "int8" }: { precision?: Precision } = {},
): Promise<ModelInfo> {
  const config = await readMarianConfig(from);
  const path = join(from, "model.safetensors");
  const weights = new MarianWeights(await readSafetensors(path), config, path);
  // A tokenizer that cannot be read is found out now rather than at the first caption.
  await MarianTokenizer.load(from);
  await mkdir(to, { recursive: true });
  const files: ModelInfo["files"] = {};
  const put = async (name: string, bytes: Uint8Array): Promise<void> => {
    await writeFileAtomically(join(to, name), bytes);
    files[name] = { bytes: bytes.length, sha256: createHash("sha256").update(bytes).digest("hex") };
  };
  await put("encoder.onnx", buildEncoder(config, weights, precision).toBytes(producer));
  await put("decoder.onnx", buildDecoder(config, weights, precision).toBytes(producer));
  for (const name of tokenizerFiles) await put(name, await readTokenizerFile(join(from, name)));
  const described = { format: modelFormat, name: basename(resolve(from)), precision, config, files } as const;
  const info: ModelInfo = {
    ...described,
    hash: hashJson(JSON.parse(JSON.stringify(described)) as Record<string, string>),
  };
  await writeFileAtomically(join(to, modelInfoName), `${JSON.stringify(info, null, 2)}\n`);
  return info;
}

async function readTokenizerFile(path: string): Promise<Uint8Array> {
  return readFile(path).catch((cause: unknown) => {
    throw new LeyendaError("MODEL_MISSING", "a file of the tokenizer cannot be read", { where: path, cause });
  });
}
