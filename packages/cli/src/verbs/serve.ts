import { availableParallelism } from "node:os";
import { resolve } from "node:path";

import { LeyendaError } from "@leyenda/core";
import type { Provider } from "@leyenda/marian";
import type { CaptionServerOptions, Sample } from "@leyenda/serve";
import { type Command, Option } from "commander";

import { positiveInteger } from "../options/dataset-options.js";
import { isLoopback } from "../options/is-loopback.js";
import { openFolder } from "../options/open-folder.js";
import { portNumber } from "../options/port-number.js";
import type { Io } from "../io.js";
import type { Verb } from "../run-cli.js";

interface ServeFlags {
  model: string;
  static?: string;
  port?: number;
  host?: string;
  samples?: string;
  split: string;
  threads?: number;
  provider: Provider;
  queue?: number;
  maxBytes?: number;
  maxPixels?: number;
}

/** Samples that a dataset gives. */
const sampleCount = 12;

/**
 * `leyenda serve --model <folder>`: a page and an API that caption pictures, until Ctrl-C; with `--static <folder>` the page alone, as
 * files.
 */
export function addServeVerb(program: Command, { io }: Verb): void {
  program
    .command("serve")
    .description("a web page and a JSON API that caption pictures in Spanish")
    .requiredOption("--model <folder>", "a caption model made by model convert")
    .addOption(
      new Option(
        "--static <folder>",
        "write the page for a static host, captions made in the browser",
      ).conflicts(["port", "host", "threads", "provider", "queue", "maxBytes", "maxPixels"]),
    )
    .option("--port <port>", "port of the page; 0 takes a free one (default: 8430)", portNumber)
    .option("--host <address>", "address to serve it at (default: 127.0.0.1, for this machine alone)")
    .option("--samples <dataset>", "offer pictures of this dataset to try, in place of drawn ones")
    .option("--split <name>", "the split that they come from", "validation")
    .option("--threads <n>", "threads of the model (default: one per core)", positiveInteger)
    .addOption(
      new Option("--provider <provider>", "where the model is computed")
        .choices(["cpu", "cuda"])
        .default("cpu"),
    )
    .option("--queue <n>", "pictures that may wait before others are refused (default: 32)", positiveInteger)
    .option("--max-bytes <n>", "largest picture file (default: 10485760)", positiveInteger)
    .option("--max-pixels <n>", "largest width × height (default: 50000000)", positiveInteger)
    .action(async (flags: ServeFlags) => {
      const { startCaptionServer, writeStaticSite } = await import("@leyenda/serve");
      if (flags.static !== undefined) {
        const out = resolve(io.cwd, flags.static);
        await writeStaticSite({ model: resolve(io.cwd, flags.model), out, ...(await samplesOf(flags, io)) });
        io.out(`${out}\n`);
        io.err("leyenda: put this folder on any web server and open its index.html there\n");
        return;
      }
      const server = await startCaptionServer(await optionsOf(flags, io));
      if (flags.host !== undefined && !isLoopback(flags.host))
        io.err("leyenda: whoever reaches this address can use the model: there is no password\n");
      io.out(`${server.url}\n`);
      io.err("leyenda: open this address in a browser; Ctrl-C ends it\n");
      await new Promise<void>((done) => {
        const stopListening = io.onSignal(() => {
          stopListening();
          done();
        });
      });
      await server.close();
    });
}

async function optionsOf(flags: ServeFlags, io: Io): Promise<CaptionServerOptions> {
  const { model, threads, provider, queue, maxBytes, maxPixels, port, host } = flags;
  return {
    model: resolve(io.cwd, model),
    threads: threads ?? availableParallelism(),
    provider,
    limits: {
      ...(queue === undefined ? {} : { queueLength: queue }),
      ...(maxBytes === undefined ? {} : { maxBytes }),
      ...(maxPixels === undefined ? {} : { maxPixels }),
    },
    ...(port === undefined ? {} : { port }),
    ...(host === undefined ? {} : { host }),
    ...(await samplesOf(flags, io)),
    onFault: (error) => {
      io.err(`leyenda: a fault: ${(error as Error).stack ?? String(error)}\n`);
    },
  };
}

async function samplesOf({ samples, split }: ServeFlags, io: Io): Promise<{ samples?: Sample[] }> {
  return samples === undefined ? {} : { samples: await readSamples(samples, split, io) };
}

/** The first pictures of a split, with their Spanish captions. */
async function readSamples(dataset: string, split: string, io: Io): Promise<Sample[]> {
  const { readRows } = await import("@leyenda/shards/read");
  const { folder } = await openFolder(dataset, {}, io);
  const samples: Sample[] = [];
  for await (const { picture, captions } of readRows(folder, { split })) {
    if (picture === null) continue;
    const caption = captions.find(({ name }) => name === "caption_es") ?? captions[0];
    // The row's memory goes on to be used for the next ones.
    samples.push({ picture: Uint8Array.from(picture), caption: caption?.text ?? null });
    if (samples.length === sampleCount) break;
  }
  if (samples.length === 0)
    throw new LeyendaError("DATA_MISSING", `no row of "${split}" has a picture`, { where: folder });
  return samples;
}
