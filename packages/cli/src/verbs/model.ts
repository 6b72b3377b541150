import { type Command, Option } from "commander";

import type { Verb } from "../run-cli.js";

/** `leyenda model convert <folder> <out-folder>` */
export function addModelVerb(program: Command, { io }: Verb): void {
  program
    .command("model")
    .description("translation models")
    .command("convert")
    .description("convert a Hugging Face Marian checkpoint to ONNX")
    .argument("<folder>", "config.json, model.safetensors, source.spm, target.spm, vocab.json")
    .argument("<out-folder>", "where the converted model goes")
    .addOption(
      new Option("--precision <precision>", "of the weights").choices(["fp32", "int8"]).default("int8"),
    )
    .option("--json", "print the model's description as JSON")
    .action(async (from: string, to: string, options: { precision: "fp32" | "int8"; json?: boolean }) => {
      const { convertCheckpoint } = await import("@leyenda/marian");
      const info = await convertCheckpoint(from, to, { precision: options.precision });
      const bytes = Object.values(info.files).reduce((sum, file) => sum + file.bytes, 0);
      io.out(
        options.json === true
          ? `${JSON.stringify(info)}\n`
          : `${to}: ${info.name} in ${info.precision}, ${(bytes / 1e6).toFixed(1)} MB, ${info.hash.slice(0, 12)}\n`,
      );
    });
}
