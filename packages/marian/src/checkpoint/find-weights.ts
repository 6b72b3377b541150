import { readdir, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

import { isErrno, LeyendaError } from "@leyenda/core";

import type { CheckpointFormat } from "./checkpoint.js";

/** Where a checkpoint's files are. */
export interface FoundWeights {
  format: CheckpointFormat;
  /** Of the configuration and the tokenizer. */
  folder: string;
  /** The weights; of an ONNX export, the folder of its graphs. */
  path: string;
}

const expected =
  "model.safetensors, pytorch_model.bin, encoder_model.onnx with decoder_model.onnx, or Marian's .npz or .bin";

/**
 * Finds the weights of a checkpoint, in a folder or given as a file, and says what they are. Where a folder has several, the first of:
 * safetensors, PyTorch, ONNX, Marian's `.npz`, Marian's `.bin`.
 *
 * @throws LeyendaError MODEL_MISSING when there are none, MODEL_INVALID when two files could be meant
 */
export async function findWeights(from: string): Promise<FoundWeights> {
  const info = await stat(from).catch((cause: unknown) => {
    if (!isErrno(cause, "ENOENT", "ENOTDIR")) throw cause;
    throw new LeyendaError("MODEL_MISSING", "there is no such checkpoint", { where: from, expected, cause });
  });
  if (!info.isDirectory()) return findFile(from);
  const names = (await readdir(from)).sort();
  const onnx = names.includes("onnx") ? join(from, "onnx") : from;
  const graphs = onnx === from ? names : await readdir(onnx);
  if (names.includes("model.safetensors"))
    return { format: "safetensors", folder: from, path: join(from, "model.safetensors") };
  if (names.includes("pytorch_model.bin"))
    return { format: "pytorch", folder: from, path: join(from, "pytorch_model.bin") };
  if (graphs.includes("encoder_model.onnx")) return { format: "onnx", folder: from, path: onnx };
  const npz = only(
    from,
    names.filter((name) => name.endsWith(".npz")),
  );
  if (npz !== undefined) return { format: "marian-npz", folder: from, path: npz };
  const bin = only(
    from,
    names.filter((name) => name.endsWith(".bin") && !name.startsWith("lex.")),
  );
  if (bin !== undefined) return { format: "marian-bin", folder: from, path: bin };
  throw new LeyendaError("MODEL_MISSING", "the folder holds no weights", { where: from, expected });
}

function findFile(path: string): FoundWeights {
  const [folder, name] = [dirname(path), basename(path)];
  if (name.endsWith(".safetensors")) return { format: "safetensors", folder, path };
  if (name.endsWith(".npz")) return { format: "marian-npz", folder, path };
  if (name.startsWith("pytorch_model")) return { format: "pytorch", folder, path };
  if (name.endsWith(".bin")) return { format: "marian-bin", folder, path };
  throw new LeyendaError("MODEL_INVALID", "not weights of a known kind", { where: path, expected });
}

function only(folder: string, names: readonly string[]): string | undefined {
  const [first, second] = names;
  if (second !== undefined) {
    throw new LeyendaError("MODEL_INVALID", `${names.join(" and ")}: which one is meant?`, {
      where: folder,
      hint: "give the file's path in place of the folder's",
    });
  }
  return first === undefined ? undefined : join(folder, first);
}
