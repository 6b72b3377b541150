import { z } from "zod";

import type { Limits } from "../limits.js";
import type { Search } from "../queue/caption-queue.js";
import { Refusal } from "../refusal.js";

/** A body of JSON is short. */
export const maxJsonBytes = 16 << 10;

const beams = z.coerce.number().int().min(1);

const query = z.strictObject({
  beams: beams.optional(),
  best: beams.optional(),
  attention: z
    .enum(["0", "1"])
    .transform((value) => value === "1")
    .optional(),
});

const body = z.strictObject({
  url: z.string().max(2_048),
  beams: z.int().min(1).optional(),
  best: z.int().min(1).optional(),
  attention: z.boolean().optional(),
  preview: z.boolean().default(false),
});

export interface UrlRequest {
  url: string;
  search: Search;
  preview: boolean;
}

/** What stands in for what a request leaves out, and what it may ask for at most. */
export interface SearchBounds {
  /** The model's. */
  beams: number;
  limits: Pick<Limits, "beams">;
}

/**
 * How a picture in a body is to be captioned: `?beams=4&best=2&attention=1`.
 *
 * @throws Refusal 400 naming what cannot be
 */
export function readQuery(params: URLSearchParams, bounds: SearchBounds): Search {
  return searchOf(check(query, Object.fromEntries(params)), bounds);
}

/**
 * A request in JSON: `{ "url": …, "beams": 4, "best": 2, "attention": true, "preview": true }`.
 *
 * @throws Refusal 400 naming what cannot be
 */
export function readUrlRequest(bytes: Uint8Array, bounds: SearchBounds): UrlRequest {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    throw new Refusal(400, "bad_json", "the body is no JSON", { hint: '{ "url": "https://…" }' });
  }
  const { url, preview, ...search } = check(body, value);
  return { url, preview, search: searchOf(search, bounds) };
}

function check<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const { data, error } = schema.safeParse(value);
  if (error !== undefined) throw new Refusal(400, "bad_request", z.prettifyError(error));
  return data;
}

function searchOf(
  asked: { beams?: number | undefined; best?: number | undefined; attention?: boolean | undefined },
  { beams: usual, limits }: SearchBounds,
): Search {
  const search = {
    beams: asked.beams ?? Math.min(usual, limits.beams),
    best: asked.best ?? 1,
    attention: asked.attention ?? false,
  };
  if (search.beams > limits.beams)
    throw new Refusal(400, "bad_request", `beams is ${search.beams}; expected at most ${limits.beams}`);
  if (search.best > search.beams)
    throw new Refusal(400, "bad_request", `best is ${search.best}; expected at most beams, ${search.beams}`);
  return search;
}
