import { join } from "node:path";

import { hashJson, LeyendaError, storeOf, writeFileAtomically } from "@leyenda/core";
import { z } from "zod";

/** What a row can be taken down by. */
export const takedownKinds = ["url", "host", "sha256", "key"] as const;
export type TakedownKind = (typeof takedownKinds)[number];

/** A thing that must not be in the dataset. Hashes, so that the log itself publishes no address. */
export interface TakedownEntry {
  kind: TakedownKind;
  /** SHA-256 in hex of the URL in full, the host, the SHA-256 or the key, as `takedownHash` writes them. */
  hash: string;
}

const hex256 = z.string().regex(/^[0-9a-f]{64}$/);
const lineSchema = z.strictObject({
  /** When it was asked for, ISO 8601. */
  at: z.iso.datetime(),
  /** Root hash of the dataset that was there before; null where there was none. */
  previousRootHash: hex256.nullable(),
  entries: z.array(z.strictObject({ kind: z.enum(takedownKinds), hash: hex256 })),
  /** Rows of the reserve that took the free places: a file in `backfill/`, and of which translated rows they are the reserve. */
  backfill: z
    .strictObject({
      selection: hex256,
      file: z.string().regex(/^[0-9a-f]{12}\.rows\.arrow$/),
      sha256: hex256,
      rows: z.int().positive(),
    })
    .optional(),
});

export type TakedownRequest = z.infer<typeof lineSchema>;

/** Everything that was ever taken down. */
export interface Takedowns {
  requests: TakedownRequest[];
  entries: TakedownEntry[];
  /** Over the entries, whatever their order and times, and what took their places; null where there are none. */
  digest: string | null;
}

export const takedownLogName = "takedown.jsonl";

/**
 * Reads a data folder's log of takedowns: a request a line.
 *
 * @param root the folder that holds `dataset/`
 * @throws LeyendaError DATA_CORRUPT naming the line: a takedown must not be lost silently
 */
export async function readTakedowns(root: string): Promise<Takedowns> {
  const path = join(root, takedownLogName);
  const requests = (await readLog(path)).flatMap((text, index) => {
    if (text.trim() === "") return [];
    const request = lineSchema.safeParse(parse(text));
    if (request.success) return [request.data];
    throw new LeyendaError("DATA_CORRUPT", "a line of the takedown log cannot be read", {
      where: `${path}:${index + 1}`,
      expected: "a request as leyenda takedown writes it",
      cause: request.error,
    });
  });
  const entries = new Map<string, TakedownEntry>();
  for (const entry of requests.flatMap((request) => request.entries)) entries.set(idOf(entry), entry);
  const backfills = requests.flatMap(({ backfill }) =>
    backfill === undefined ? [] : [`backfill:${backfill.sha256}`],
  );
  const ids = [...[...entries.keys()].sort(), ...backfills];
  return { requests, entries: [...entries.values()], digest: ids.length === 0 ? null : hashJson(ids) };
}

/** Adds a request to the log, durably and as a whole. What the log holds already is not written twice. */
export async function addTakedown(root: string, request: TakedownRequest): Promise<void> {
  const path = join(root, takedownLogName);
  const before = (await readLog(path)).filter((line) => line.trim() !== "");
  const known = new Set((await readTakedowns(root)).entries.map(idOf));
  const entries = request.entries.filter((entry) => !known.has(idOf(entry)));
  if (entries.length === 0 && request.backfill === undefined) return;
  const lines = [...before, JSON.stringify({ ...request, entries })];
  await writeFileAtomically(path, lines.map((line) => `${line}\n`).join(""));
}

function idOf({ kind, hash }: TakedownEntry): string {
  return `${kind}:${hash}`;
}

async function readLog(path: string): Promise<string[]> {
  return (await storeOf(path).read(path))?.toString("utf8").split("\n") ?? [];
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
