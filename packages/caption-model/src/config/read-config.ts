import { readFile } from "node:fs/promises";
import { resolve } from "node:path";

import { LeyendaError } from "@leyenda/core";
import type { z } from "zod";

import { clipVisionMarianConfigSchema, type ClipVisionMarianConfig } from "./clip-vision-marian-config.js";

/**
 * Reads and checks the `config.json` of a CLIP-Vision-Marian checkpoint, the original's or that of transformers'
 * `VisionEncoderDecoderModel`.
 *
 * @param path the file itself, not its folder
 * @throws LeyendaError MODEL_MISSING when the file cannot be read; MODEL_INVALID, naming the file and every field that is
 *   wrong with what was expected and what came, when it is not the config of a model supported here
 */
export async function readConfig(path: string): Promise<ClipVisionMarianConfig> {
  const file = resolve(path);
  const raw = renameParts(parse(await read(file), file));
  const parsed = clipVisionMarianConfigSchema.safeParse(raw);
  if (parsed.success) return parsed.data;
  const lines = parsed.error.issues.map((issue) => describe(issue, raw));
  throw new LeyendaError(
    "MODEL_INVALID",
    `the model config has ${lines.length} wrong field(s)\n${lines.join("\n")}`,
    {
      where: file,
      expected: "the config.json of a CLIP-Vision-Marian checkpoint",
      hint: "compare with the config.json of flax-community/clip-vit-base-patch32_marian-es",
    },
  );
}

/** `VisionEncoderDecoderModel` has the same two parts under other names. */
function renameParts(raw: unknown): unknown {
  if (raw === null || typeof raw !== "object") return raw;
  const { model_type: type, encoder, decoder, ...others } = raw as Record<string, unknown>;
  if (type !== "vision-encoder-decoder") return raw;
  return { ...others, model_type: "clip-vision-marian", clip_vision_config: encoder, marian_config: decoder };
}

async function read(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (cause) {
    throw new LeyendaError("MODEL_MISSING", "the model config cannot be read", {
      where: file,
      expected: "a config.json",
      hint: "give the path of the file config.json inside the checkpoint's folder",
      cause,
    });
  }
}

function parse(text: string, file: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw new LeyendaError("MODEL_INVALID", `the model config is not JSON: ${(cause as Error).message}`, {
      where: file,
      expected: "a JSON object",
      hint: "download the file again",
      cause,
    });
  }
}

function describe(issue: z.core.$ZodIssue, raw: unknown): string {
  const field = issue.path.map(String).join(".") || "(the whole file)";
  const value = issue.path.reduce<unknown>(
    (inner, key) =>
      inner !== null && typeof inner === "object" ? (inner as Record<PropertyKey, unknown>)[key] : undefined,
    raw,
  );
  const came = value === undefined ? "it is not in the file" : `it is ${JSON.stringify(value).slice(0, 80)}`;
  return `  ${field}: ${issue.message}; ${came}`;
}
