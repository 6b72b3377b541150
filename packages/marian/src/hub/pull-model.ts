import { createWriteStream } from "node:fs";
import { mkdir, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout } from "node:timers/promises";

import { downloadFile, HubApiError, type ListFileEntry, listFiles, modelInfo } from "@huggingface/hub";
import { checkHubFile, hubStatusMayPass, LeyendaError } from "@leyenda/core";

import { modelCache } from "../model-cache.js";
import { chooseFiles } from "./choose-files.js";
import { pullFolder } from "./pull-folder.js";

export interface PullOptions {
  /** Branch, tag or commit. @default "main" */
  revision?: string;
  /** Where models are kept. @default `$XDG_CACHE_HOME/leyenda/models`, or `~/.cache/leyenda/models` */
  cache?: string;
  /** Address of the hub. @default "https://huggingface.co" */
  hubUrl?: string;
  /** Access token, `hf_…`; needed for private and gated models. */
  token?: string;
  /** Told of every file once it is there and checked. */
  onFile?: (file: { path: string; bytes: number; cached: boolean }) => void;
  /** Wait before the first new try, doubled with every further one. @default 1000 */
  retryDelayMs?: number;
}

export interface PulledModel {
  /** `<cache>/<owner>/<name>/<commit>`, or `<cache>/local/<name>/<commit>` */
  folder: string;
  /** The commit that the revision stood for; of a folder, a hash of its files. */
  commit: string;
}

const tries = 5;

/**
 * Fetches a Marian checkpoint from the Hugging Face hub: what its revision stands for now, then the files of that commit, each checked
 * against the hub's own hash. A file that is there already is checked and kept; one that was cut off goes on where it stopped.
 *
 * @param id `owner/name`; or a folder, which is brought into the cache as it is, whatever revision is asked for: see `pullFolder`
 * @throws LeyendaError MODEL_MISSING when the hub does not have or give it, MODEL_INVALID when a file does not fit its hash
 */
export async function pullModel(id: string, options: PullOptions = {}): Promise<PulledModel> {
  const { revision = "main", cache = modelCache(), onFile, retryDelayMs = 1000 } = options;
  if (await isFolder(id)) return pullFolder(id, options);
  if (!/^[\w][\w.-]*\/[\w][\w.-]*$/.test(id)) {
    throw new LeyendaError("USAGE", `"${id}" is no model of the hub`, {
      expected: "owner/name, or a folder that is there",
    });
  }
  const access = {
    ...(options.hubUrl === undefined ? {} : { hubUrl: options.hubUrl.replace(/\/+$/, "") }),
    ...(options.token === undefined ? {} : { accessToken: options.token }),
  };
  const repo = { type: "model", name: id } as const;
  const persist = <Result>(run: () => Promise<Result>): Promise<Result> => withRetries(run, id, retryDelayMs);

  const commit = await persist(
    async () => (await modelInfo({ name: id, revision, additionalFields: ["sha"], ...access })).sha,
  );
  const entries = await persist(() =>
    collect(listFiles({ repo, revision: commit, recursive: true, ...access })),
  );
  const folder = join(cache, id, commit);
  for (const entry of chooseFiles(entries, `${id}@${commit}`)) {
    const path = join(folder, entry.path);
    const cached = (await checkHubFile(path, entry)) === true;
    if (!cached) {
      await mkdir(dirname(path), { recursive: true });
      await persist(async () => {
        const blob = await downloadFile({ repo, path: entry.path, revision: commit, xet: false, ...access });
        if (blob === null)
          throw new LeyendaError("MODEL_MISSING", "the hub lists a file that it does not have", {
            where: `${id}/${entry.path}`,
          });
        await resume(blob, `${path}.incomplete`, entry);
      });
      await rename(`${path}.incomplete`, path);
    }
    onFile?.({ path: entry.path, bytes: entry.size, cached });
  }
  return { folder, commit };
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

async function collect(entries: AsyncIterable<ListFileEntry>): Promise<ListFileEntry[]> {
  const all: ListFileEntry[] = [];
  for await (const entry of entries) all.push(entry);
  return all;
}

/** Appends what is missing, and checks the whole. */
async function resume(blob: Blob, path: string, entry: ListFileEntry): Promise<void> {
  const info = await stat(path).catch(() => undefined);
  const have = Math.min(info?.size ?? 0, entry.size);
  if (have < entry.size) {
    const rest = have === 0 ? blob : blob.slice(have, entry.size);
    await pipeline(
      Readable.fromWeb(rest.stream()),
      createWriteStream(path, { flags: have === 0 ? "w" : "a" }),
    );
  }
  if ((await checkHubFile(path, entry)) === true) return;
  const after = await stat(path);
  if (after.size < entry.size)
    throw new Error(`the connection ended after ${after.size} of ${entry.size} bytes`);
  await rm(path);
  throw new LeyendaError("MODEL_INVALID", "what was received does not fit the hub's checksum", {
    where: entry.path,
    hint: "pull again; it was thrown away",
  });
}

/** Tries again what may go better: not what the hub refuses, and not what does not fit its checksum. */
async function withRetries<Result>(run: () => Promise<Result>, id: string, delayMs: number): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await run();
    } catch (error) {
      if (error instanceof LeyendaError) throw error;
      const status = error instanceof HubApiError ? error.statusCode : undefined;
      const final = status !== undefined && !hubStatusMayPass(status);
      if (!final && attempt < tries) {
        await setTimeout(delayMs * 2 ** (attempt - 1));
        continue;
      }
      throw new LeyendaError(
        "MODEL_MISSING",
        status === undefined ? "the hub cannot be reached" : `the hub answers ${status}`,
        {
          where: id,
          hint:
            status === 401 || status === 403 || status === 404
              ? "see that owner/name and revision are right; private and gated models need a token in HF_TOKEN"
              : "pull again: it goes on where it stopped",
          cause: error,
        },
      );
    }
  }
}
