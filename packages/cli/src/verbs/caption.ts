import { readdir, stat } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join, resolve } from "node:path";

import type { NamedPicture, PictureTransform } from "@leyenda/caption-model";
import { LeyendaError } from "@leyenda/core";
import { type Command, Option } from "commander";

import { positiveInteger } from "../options/dataset-options.js";
import { openFolder } from "../options/open-folder.js";
import { addSearchOptions, searchOf, type SearchFlags } from "../options/search-options.js";
import type { Io } from "../io.js";
import { namedRows } from "../named-rows.js";
import type { Verb } from "../run-cli.js";

interface CaptionFlags extends SearchFlags {
  model: string;
  split?: string;
  best: number;
  batchSize: number;
  transform: PictureTransform;
}

const pictureFile = /\.(?:jpe?g|png|webp|gif|avif|tiff?|bmp)$/i;
const webAddress = /^https?:\/\//i;

/** `leyenda caption photo.jpg …`: a JSON line for every picture, in order; exit code 1 when one could not be captioned. */
export function addCaptionVerb(program: Command, { io, exit }: Verb): void {
  const command = program
    .command("caption")
    .description("caption pictures with a CLIP-Vision-Marian model: a line of JSON for each")
    .argument("<picture...>", "files, folders, URLs; or, with --split, datasets")
    .requiredOption("--model <folder>", "made by model convert")
    .option("--split <name>", "caption the pictures of this split of the datasets that are given");
  addSearchOptions(command, "caption")
    .option("--best <n>", "captions wanted of each picture, at most as many as beams", positiveInteger, 1)
    .option("--batch-size <n>", "pictures captioned together", positiveInteger, 16)
    .addOption(
      new Option("--transform <name>", "how pictures are scaled: as CLIPProcessor, or as in training")
        .choices(["clip-processor", "training"])
        .default("clip-processor"),
    )
    .action(async (inputs: string[], flags: CaptionFlags) => {
      const { Captioner, captionPictures } = await import("@leyenda/caption-model");
      const captioner = await Captioner.load(resolve(io.cwd, flags.model), {
        intraOpThreads: flags.threads ?? availableParallelism(),
        provider: flags.provider,
      });
      try {
        const { transform, batchSize, best } = flags;
        const pictures = flags.split === undefined ? find(inputs, io) : fromDatasets(inputs, flags.split, io);
        for await (const { name, caption, error } of captionPictures(captioner, pictures, {
          ...searchOf(flags),
          ...{ transform, batchSize, best },
        })) {
          if (error !== null) {
            exit(1);
            io.err(`leyenda: ${name}: ${error.message}\n`);
            io.out(`${JSON.stringify({ picture: name, error: error.code, message: error.message })}\n`);
          } else {
            const { text, score, alternatives } = caption;
            const others = alternatives.map((other) => ({ caption: other.text, score: other.score }));
            io.out(
              `${JSON.stringify({ picture: name, caption: text, score, ...(best > 1 ? { alternatives: others } : {}) })}\n`,
            );
          }
          await io.drained?.();
        }
      } finally {
        await captioner.close();
      }
    });
}

async function* find(inputs: readonly string[], io: Io): AsyncGenerator<NamedPicture> {
  const addresses = inputs.filter((input) => webAddress.test(input));
  const client = addresses.length === 0 ? null : (await import("@leyenda/fetch")).createClient({});
  try {
    for (const input of inputs) {
      if (client !== null && webAddress.test(input)) {
        const { body, outcome, detail } = await client.fetchImage(input);
        const failed = (): LeyendaError =>
          new LeyendaError("SOURCE_INVALID", `${outcome}${detail === null ? "" : `: ${detail}`}`, {
            where: input,
          });
        yield { name: input, picture: body ?? failed() };
      } else yield* fromPath(input, io);
    }
  } finally {
    await client?.close();
  }
}

/** A file, or the pictures of a folder and of those within it. */
async function* fromPath(input: string, io: Io): AsyncGenerator<NamedPicture> {
  const path = resolve(io.cwd, input);
  const isFolder = (await stat(path).catch(() => null))?.isDirectory() === true;
  if (!isFolder) {
    yield { name: input, picture: path };
    return;
  }
  const names = (await readdir(path, { recursive: true })).filter((name) => pictureFile.test(name)).sort();
  if (names.length === 0)
    yield {
      name: input,
      picture: new LeyendaError("SOURCE_MISSING", "no picture is in this folder", { where: path }),
    };
  for (const name of names) yield { name: join(input, name), picture: join(path, name) };
}

async function* fromDatasets(inputs: readonly string[], split: string, io: Io): AsyncGenerator<NamedPicture> {
  for (const input of inputs) yield* namedRows((await openFolder(input, {}, io)).folder, split);
}
