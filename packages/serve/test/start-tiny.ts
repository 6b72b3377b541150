import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { convertCaptioner } from "@leyenda/caption-model";

import { type CaptionServer, type CaptionServerOptions, startCaptionServer } from "../src/index.js";

const fixtures = fileURLToPath(new URL("../../../tools/oracle/fixtures/", import.meta.url));

/** A picture that the oracle drew. */
export const squarePng = join(fixtures, "clip-preprocess/square.png");

export interface TinyModel {
  folder: string;
  /** Starts a server on any free port. */
  start: (options?: Partial<CaptionServerOptions>) => Promise<CaptionServer>;
  remove: () => Promise<void>;
}

/** Converts a real checkpoint of a small size, with random weights. */
export async function makeTinyModel(): Promise<TinyModel> {
  const folder = await mkdtemp(join(tmpdir(), "leyenda-serve-"));
  const model = join(folder, "model");
  await convertCaptioner(join(fixtures, "caption/torch"), model, {
    precision: "fp32",
    tokenizer: join(fixtures, "marian-formats/safetensors"),
  });
  return {
    folder: model,
    start: (options) => startCaptionServer({ model, port: 0, ...options }),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
