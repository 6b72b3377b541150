import type { ConvertOptions, ModelInfo } from "@leyenda/marian";
import { type Command, Option } from "commander";

import { megabytes } from "../megabytes.js";
import type { Verb } from "../run-cli.js";

interface PullFlags {
  revision: string;
  cache?: string;
  json?: boolean;
}

/** `leyenda model pull <id>`, `leyenda model convert <checkpoint> <out-folder>`, `leyenda model info <folder>` */
export function addModelVerb(program: Command, verb: Verb): void {
  const model = program.command("model").description("translation models");
  addPull(model, verb);
  addConvert(model, verb);
  addInfo(model, verb);
}

function addPull(model: Command, { io }: Verb): void {
  model
    .command("pull")
    .description("fetch a checkpoint from the Hugging Face hub; HF_ENDPOINT and HF_TOKEN are heeded")
    .argument("<id>", "owner/name")
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
  json?: boolean;
}

function addConvert(model: Command, { io }: Verb): void {
  model
    .command("convert")
    .description("convert a Marian checkpoint to ONNX; its format is found out")
    .argument(
      "<checkpoint>",
      "Hugging Face folder (safetensors, PyTorch or ONNX export), or Marian's .npz or .bin",
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
    .option("--json", "print the model's description as JSON")
    .action(async (from: string, to: string, { precision, convention, json }: ConvertFlags) => {
      const { convertCheckpoint } = await import("@leyenda/marian");
      const info = await convertCheckpoint(from, to, { precision, convention });
      io.out(
        json === true
          ? `${JSON.stringify(info)}\n`
          : `${to}: ${info.name} in ${info.precision}, ${megabytes(totalBytes(info))}, ${info.hash.slice(0, 12)}\n`,
      );
    });
}

function addInfo(model: Command, { io }: Verb): void {
  model
    .command("info")
    .description("say what a converted model is")
    .argument("<folder>", "made by model convert")
    .option("--json", "as JSON")
    .action(async (folder: string, { json }: { json?: boolean }) => {
      const { readModelInfo } = await import("@leyenda/marian");
      const info = await readModelInfo(folder);
      io.out(json === true ? `${JSON.stringify(info)}\n` : describe(info));
    });
}

function describe(info: ModelInfo): string {
  const { config } = info;
  const cell = config.decoderCell === "ssru" ? " (SSRU)" : "";
  const rows: [string, string][] = [
    ["name", info.name],
    ["hash", info.hash],
    ["precision", info.precision],
    ["vocabulary", `${config.vocabularySize} words`],
    [
      "encoder",
      `${config.encoderLayers} layers, ${config.encoderHeads} heads, width ${config.width}, ${config.activation}`,
    ],
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

function totalBytes({ files }: ModelInfo): number {
  return Object.values(files).reduce((sum, { bytes }) => sum + bytes, 0);
}
