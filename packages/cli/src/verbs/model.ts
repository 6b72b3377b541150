import type { CaptionModelInfo } from "@leyenda/caption-model";
import { LeyendaError } from "@leyenda/core";
import type { ConvertOptions, ModelInfo } from "@leyenda/marian";
import { type Command, Option } from "commander";

import { megabytes } from "../megabytes.js";
import { positiveInteger } from "../options/dataset-options.js";
import type { Verb } from "../run-cli.js";

interface PullFlags {
  revision: string;
  cache?: string;
  json?: boolean;
}

/**
 * `leyenda model pull <id>`, `leyenda model convert <checkpoint> <out-folder>`, `leyenda model shortlist <model> <source> <target> <out>`,
 * `leyenda model info <folder>`
 */
export function addModelVerb(program: Command, verb: Verb): void {
  const model = program.command("model").description("translation and caption models");
  addPull(model, verb);
  addConvert(model, verb);
  addShortlist(model, verb);
  addInfo(model, verb);
}

function addPull(model: Command, { io }: Verb): void {
  model
    .command("pull")
    .description(
      "fetch a checkpoint from the Hugging Face hub, or from a folder, into the cache; HF_ENDPOINT and HF_TOKEN are heeded",
    )
    .argument("<id>", "owner/name, or a folder")
    .option("--revision <revision>", "branch, tag or commit", "main")
    .option(
      "--cache <folder>",
      "where models are kept (default: $XDG_CACHE_HOME/leyenda/models or ~/.cache/leyenda/models)",
    )
    .option("--json", "print folder and commit as JSON")
    .action(async (id: string, { revision, cache, json }: PullFlags) => {
      const { pullModel } = await import("@leyenda/marian");
      const { HF_ENDPOINT: hubUrl, HF_TOKEN: token } = io.env;
      const pulled = await pullModel(id, {
        revision,
        ...(cache === undefined ? {} : { cache }),
        ...(hubUrl === undefined || hubUrl === "" ? {} : { hubUrl }),
        ...(token === undefined || token === "" ? {} : { token }),
        onFile: ({ path, bytes, cached }) => {
          io.err(`${path}  ${megabytes(bytes)}${cached ? ", was there" : ""}\n`);
        },
      });
      io.out(json === true ? `${JSON.stringify(pulled)}\n` : `${pulled.folder}\n`);
    });
}

interface ConvertFlags extends Required<Pick<ConvertOptions, "precision" | "convention">> {
  shortlist?: string;
  tokenizer?: string;
  json?: boolean;
}

function addConvert(model: Command, { io }: Verb): void {
  model
    .command("convert")
    .description("convert a Marian or CLIP-Vision-Marian checkpoint to ONNX; its format is found out")
    .argument(
      "<checkpoint>",
      "Hugging Face folder (safetensors, PyTorch, Flax or ONNX export), or Marian's .npz or .bin",
    )
    .argument("<out-folder>", "where the converted model goes")
    .addOption(
      new Option("--precision <precision>", "of the weights").choices(["fp32", "int8"]).default("int8"),
    )
    .addOption(
      new Option(
        "--convention <convention>",
        "for Marian's own files: compute as Marian, or as transformers with the same weights",
      )
        .choices(["marian", "hugging-face"])
        .default("marian"),
    )
    .option("--shortlist <file>", "Marian's binary shortlist: the model chooses among its words alone")
    .option(
      "--tokenizer <folder>",
      "for a caption model: where source.spm, target.spm and vocab.json are (default: the checkpoint's folder)",
    )
    .option("--json", "print the model's description as JSON")
    .action(async (from: string, to: string, { json, ...flags }: ConvertFlags) => {
      const { isCaptionModel } = await import("@leyenda/caption-model");
      const info = (await isCaptionModel(from))
        ? await convertCaption(from, to, flags)
        : await convertTranslation(from, to, flags);
      io.out(
        json === true
          ? `${JSON.stringify(info)}\n`
          : `${to}: ${info.name} in ${info.precision}, ${megabytes(totalBytes(info))}, ${info.hash.slice(0, 12)}\n`,
      );
    });
}

async function convertTranslation(
  from: string,
  to: string,
  { precision, convention, shortlist, tokenizer }: ConvertFlags,
): Promise<ModelInfo> {
  if (tokenizer !== undefined) throw notFor("--tokenizer", "a translation model", "its own folder has it");
  const { convertCheckpoint } = await import("@leyenda/marian");
  return convertCheckpoint(from, to, {
    precision,
    convention,
    ...(shortlist === undefined ? {} : { shortlist }),
  });
}

async function convertCaption(
  from: string,
  to: string,
  { precision, shortlist, tokenizer }: ConvertFlags,
): Promise<CaptionModelInfo> {
  if (shortlist !== undefined)
    throw notFor("--shortlist", "a caption model", "its words depend on no source text");
  const { convertCaptioner } = await import("@leyenda/caption-model");
  return convertCaptioner(from, to, { precision, ...(tokenizer === undefined ? {} : { tokenizer }) });
}

function notFor(option: string, model: string, why: string): LeyendaError {
  return new LeyendaError("USAGE", `${option} is not for ${model}: ${why}`, {
    where: option,
    hint: `leave ${option} out`,
  });
}

interface ShortlistFlags {
  first: number;
  best: number;
}

function addShortlist(model: Command, { io }: Verb): void {
  model
    .command("shortlist")
    .description("learn from translated text which words can come up in a word's translation")
    .argument("<model>", "checkpoint or converted model, for its tokenizer")
    .argument("<source>", "text, a sentence a line")
    .argument("<target>", "its translation, line by line")
    .argument("<out>", "binary shortlist of Marian's, for model convert --shortlist")
    .option("--first <n>", "words that are always allowed", positiveInteger, 100)
    .option("--best <n>", "words of a word's list, at most", positiveInteger, 100)
    .action(async (tokenizer: string, source: string, target: string, out: string, flags: ShortlistFlags) => {
      const { learnShortlist } = await import("@leyenda/marian");
      const pairs = await learnShortlist({
        tokenizer,
        source,
        target,
        out,
        firstWords: flags.first,
        bestWords: flags.best,
      });
      io.out(`${out}: from ${pairs} pairs of sentences\n`);
    });
}

function addInfo(model: Command, { io }: Verb): void {
  model
    .command("info")
    .description("say what a converted model is")
    .argument("<folder>", "made by model convert")
    .option("--json", "as JSON")
    .action(async (folder: string, { json }: { json?: boolean }) => {
      const { isCaptionModel, readCaptionModelInfo } = await import("@leyenda/caption-model");
      const { readModelInfo } = await import("@leyenda/marian");
      const info = (await isCaptionModel(folder))
        ? await readCaptionModelInfo(folder)
        : await readModelInfo(folder);
      io.out(json === true ? `${JSON.stringify(info)}\n` : describe(info));
    });
}

function describe(info: ModelInfo | CaptionModelInfo): string {
  const { config } = info;
  const cell = config.decoderCell === "ssru" ? " (SSRU)" : "";
  const rows: [string, string][] = [
    ["name", info.name],
    ["hash", info.hash],
    ["precision", info.precision],
    [
      "vocabulary",
      config.sourceVocabularySize === null
        ? `${config.vocabularySize} words`
        : `${config.sourceVocabularySize} words of sources, ${config.vocabularySize} of translations`,
    ],
    ["encoder", describeEncoder(info)],
    ["decoder", `${config.decoderLayers} layers${cell}, ${config.decoderHeads} heads`],
    [
      "positions",
      `${config.maxPositions}, sinusoids of ${config.positions === "marian" ? "Marian" : "Hugging Face"}`,
    ],
    [
      "search",
      `${config.beams} beams, at most ${config.maxLength} tokens, length penalty ${config.lengthPenalty}`,
    ],
    ...Object.entries(info.files).map(([name, { bytes }]): [string, string] => [name, megabytes(bytes)]),
  ];
  return rows.map(([name, value]) => `${name.padEnd(14)}${value}\n`).join("");
}

function describeEncoder(info: ModelInfo | CaptionModelInfo): string {
  if ("vision" in info) {
    const { vision } = info;
    return `CLIP, ${vision.num_hidden_layers} layers, ${vision.num_attention_heads} heads, width ${vision.hidden_size}, ${vision.image_size} pixels in patches of ${vision.patch_size}`;
  }
  const { config } = info;
  return `${config.encoderLayers} layers, ${config.encoderHeads} heads, width ${config.width}, ${config.activation}`;
}

function totalBytes({ files }: Pick<ModelInfo, "files">): number {
  return Object.values(files).reduce((sum, { bytes }) => sum + bytes, 0);
}
