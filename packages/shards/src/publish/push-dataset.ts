import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { commit, type ListFileEntry } from "@huggingface/hub";
import { LeyendaError, requireManifest } from "@leyenda/core";

import { fileContent } from "./file-content.js";
import { findHead, type Hub, makeBranch, readTree } from "./hub-branch.js";
import { hubError, mayPass } from "./hub-error.js";
import { checkLocalFile, listLocalFiles } from "./list-local-files.js";
import { planPush } from "./plan-push.js";
import { retryingFetch } from "./retrying-fetch.js";

export interface PushOptions {
  /** Branch; made when it is not there. @default "main" */
  revision?: string;
  /** Address of the hub. @default "https://huggingface.co" */
  hubUrl?: string;
  /** Access token with the right to write, `hf_…`. */
  token?: string;
  /** Whether the repository, if it has to be made, can be seen by its owner only. @default false */
  private?: boolean;
  /** Says what would be done, and does nothing. @default false */
  dryRun?: boolean;
  /** Title of the commit. @default the dataset's name, rows and root hash */
  message?: string;
  /** Told when a file, or a part of a big one, is with the hub. */
  onUpload?: (upload: { path: string; bytes: number }) => void;
  /** Wait before the first new try, doubled with every further one, milliseconds. @default 1000 */
  retryDelayMs?: number;
  signal?: AbortSignal;
}

export interface PushResult {
  /** The commit that holds the dataset; null after a dry run. */
  commit: string | null;
  /** Whether the repository had to be made, or would have to be. */
  created: boolean;
  /** Paths that were sent, or would be. */
  uploaded: string[];
  /** Paths that the repository has as they are. */
  unchanged: string[];
  /** Shards of an earlier division that were taken away, or would be. */
  removed: string[];
  /** Bytes of the uploaded files. */
  bytes: number;
}

const tries = 5;

/**
 * Publishes a finished dataset folder as a dataset repository of the Hugging Face hub: what the repository has already is left alone,
 * all that is new arrives in **one** commit, and nothing is seen before it. A push that was cut off goes on where it stopped: the hub keeps
 * the files that it got whole, and only a commit that is missing is made.
 *
 * Files go by Git LFS, which the hub takes for every repository (not by its Xet protocol).
 *
 * @param folder with the `manifest.json` of a finished build; every file that is sent is checked against it
 * @param repo `owner/name`
 * @throws LeyendaError USAGE, DATA_MISSING without a manifest, DATA_CORRUPT when a file is not as it was built,
 * DATA_MISMATCH when the branch gets another commit meanwhile, HUB when the hub refuses or cannot be reached
 */
export async function pushDataset(
  folder: string,
  repo: string,
  options: PushOptions = {},
): Promise<PushResult> {
  if (!/^[\w][\w.-]*\/[\w][\w.-]*$/.test(repo)) {
    throw new LeyendaError("USAGE", `"${repo}" is no repository of the hub`, { expected: "owner/name" });
  }
  const { retryDelayMs: delayMs = 1000, signal, onUpload } = options;
  const manifest = await requireManifest(folder, "build");
  const local = await listLocalFiles(folder, manifest);
  const hub: Hub = {
    name: repo,
    branch: options.revision ?? "main",
    access: {
      fetch: retryingFetch({
        tries,
        delayMs,
        signal,
        onUpload: (path, bytes) => onUpload?.({ path, bytes }),
      }),
      ...(options.hubUrl === undefined ? {} : { hubUrl: options.hubUrl.replace(/\/+$/, "") }),
      ...(options.token === undefined ? {} : { accessToken: options.token }),
    },
  };
  const rootHash = typeof manifest.summary.rootHash === "string" ? manifest.summary.rootHash : "unknown";
  const title =
    options.message ?? `${manifest.dataset}: ${manifest.rows} rows, root hash ${rootHash.slice(0, 12)}`;

  try {
    return await push();
  } catch (error) {
    if (signal?.aborted === true || error instanceof LeyendaError) throw error;
    throw hubError(error, repo);
  }

  async function push(): Promise<PushResult> {
    let created = false;
    const sent = { uploaded: new Map<string, number>(), removed: new Set<string>() };
    for (let attempt = 1; ; attempt += 1) {
      const head = await findHead(hub);
      const remote = head === null ? new Map<string, ListFileEntry>() : await readTree(hub, head);
      const { upload, unchanged, remove } = await planPush(folder, local, remote);
      for (const { path, size } of upload) sent.uploaded.set(path, size);
      for (const path of remove) sent.removed.add(path);
      const result: PushResult = {
        commit: head,
        created: created || head === null,
        uploaded: [...sent.uploaded.keys()].sort(),
        unchanged: unchanged.map(({ path }) => path).filter((path) => !sent.uploaded.has(path)),
        removed: [...sent.removed].sort(),
        bytes: [...sent.uploaded.values()].reduce((sum, size) => sum + size, 0),
      };
      if (options.dryRun === true) return { ...result, commit: null };
      if (head !== null && upload.length === 0 && remove.length === 0) return result;
      for (const { path } of upload) await checkLocalFile(folder, path, manifest);
      const parent = head ?? (await makeBranch(hub, options.private ?? false));
      created ||= head === null;
      try {
        const made = await commit({
          ...hub.access,
          repo: { type: "dataset", name: repo },
          branch: hub.branch,
          parentCommit: parent,
          title,
          useXet: false,
          operations: [
            ...upload.map(({ path, size }) => ({
              operation: "addOrUpdate" as const,
              path,
              content: fileContent(join(folder, path), size),
            })),
            ...remove.map((path) => ({ operation: "delete" as const, path })),
          ],
          ...(signal === undefined ? {} : { abortSignal: signal }),
        });
        return { ...result, created, commit: made?.commit.oid ?? null };
      } catch (error) {
        // The commit may have been made although its answer was lost: the next round looks.
        if (signal?.aborted === true || !mayPass(error) || attempt >= tries) throw error;
        await sleep(delayMs * 2 ** (attempt - 1), undefined, signal === undefined ? {} : { signal });
      }
    }
  }
}
