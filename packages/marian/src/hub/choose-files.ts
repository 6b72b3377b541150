import type { ListFileEntry } from "@huggingface/hub";
import { LeyendaError } from "@leyenda/core";

/** Names that may lie in a checkpoint; nothing else of a repository is fetched, whatever it is called. */
const plainName = /^(?:onnx\/)?[\w][\w.+-]*$/;

const always = [
  "config.json",
  "generation_config.json",
  "tokenizer_config.json",
  "source.spm",
  "target.spm",
  "vocab.json",
  "target_vocab.json",
];

/** Of the forms that weights come in, the first that is whole is enough. */
const forms: ((names: readonly string[]) => string[] | undefined)[] = [
  (names) => all(names, ["model.safetensors"]),
  (names) => all(names, ["pytorch_model.bin"]),
  (names) => exported(names, "onnx/") ?? exported(names, ""),
  (names) => own(names, /\.npz$/),
  (names) => own(names, /^(?!lex\.).*\.bin$/),
  // Of a caption model, which has no others.
  (names) => all(names, ["flax_model.msgpack"]),
];

/**
 * The files of a repository that a Marian checkpoint is made of: configuration, tokenizer, and the weights in one form.
 *
 * @throws LeyendaError MODEL_MISSING when there are no weights that `convertCheckpoint` reads
 */
export function chooseFiles(entries: readonly ListFileEntry[], where: string): ListFileEntry[] {
  const files = entries.filter(({ type, path }) => type === "file" && plainName.test(path));
  const names = files.map(({ path }) => path);
  const weights = forms.map((form) => form(names)).find((found) => found !== undefined);
  if (weights === undefined) {
    throw new LeyendaError("MODEL_MISSING", "the repository holds no Marian weights", {
      where,
      expected:
        "model.safetensors, pytorch_model.bin, ONNX graphs of encoder and decoder, Marian's .npz or .bin, or flax_model.msgpack",
    });
  }
  const wanted = new Set([...always, ...weights]);
  return files.filter(({ path }) => wanted.has(path));
}

function all(names: readonly string[], wanted: string[]): string[] | undefined {
  return wanted.every((name) => names.includes(name)) ? wanted : undefined;
}

function exported(names: readonly string[], folder: string): string[] | undefined {
  const decoder = ["decoder_model.onnx", "decoder_model_merged.onnx"].find((name) =>
    names.includes(folder + name),
  );
  const graphs = all(names, [`${folder}encoder_model.onnx`, `${folder}${decoder ?? "decoder_model.onnx"}`]);
  return graphs?.flatMap((name) => names.filter((each) => each === name || each.startsWith(`${name}_data`)));
}

/** Marian's own file, and the vocabularies and the shortlist beside it. */
function own(names: readonly string[], pattern: RegExp): string[] | undefined {
  const weights = names.filter((name) => pattern.test(name));
  return weights.length === 0
    ? undefined
    : [...weights, ...names.filter((name) => /\.spm$|vocab\.yml$|^lex\..*\.bin$/.test(name))];
}
