import { createWriteStream } from "node:fs";
import { open, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { setTimeout as wait } from "node:timers/promises";

import { LeyendaError, temporaryName } from "@leyenda/core";

import { digest } from "./digest.js";
import { claimIncomplete } from "./claim-incomplete.js";
import type { RemoteBody, RemoteFile } from "./source-file.js";

const attempts = 6;
const firstPauseMs = 500;

/**
 * Brings a file from the web, once: a download that breaks goes on where it was, in this run or the next, as long as the
 * server says by ETag or date that the file is the same. The copy gets its name, made of the URL and that tag, when it is
 * whole.
 *
 * @returns the copy's path, and the version that it is of
 * @throws LeyendaError SOURCE_MISSING when the server refuses, or the download breaks again and again
 */
export async function downloadFile(
  file: RemoteFile,
  folder: string,
): Promise<{ path: string; version: string | null }> {
  // A copy whose version is known beforehand needs no question.
  if (file.version !== null && (await exists(copyPath(file, folder, file.version)))) {
    return { path: copyPath(file, folder, file.version), version: file.version };
  }
  const start = `${digest(file.name)}.`;
  const left = await claimIncomplete(folder, start);
  const state: State = {
    partial: left?.path ?? null,
    // Without a tag nothing tells whether the file is still the same: it is brought anew.
    version:
      left === null || left.between === "" ? null : Buffer.from(left.between, "base64url").toString("utf8"),
  };
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await bring(file, folder, start, state);
    } catch (error) {
      if (error instanceof LeyendaError) throw error;
      if (attempt === attempts) {
        throw new LeyendaError("SOURCE_MISSING", `the download keeps breaking: ${(error as Error).message}`, {
          where: file.name,
          hint: "run again: it goes on where it was",
          cause: error,
        });
      }
      await wait(firstPauseMs * 2 ** (attempt - 1));
    }
  }
}

interface State {
  /** Path of what has come so far. */
  partial: string | null;
  version: string | null;
}

async function bring(
  file: RemoteFile,
  folder: string,
  start: string,
  state: State,
): Promise<{ path: string; version: string | null }> {
  const have = state.partial === null || state.version === null ? 0 : (await stat(state.partial)).size;
  const answer = await file.open(have, state.version);
  const path = copyPath(file, folder, answer.version ?? `${answer.size} bytes`);
  if (await exists(path)) {
    answer.body.destroy();
    if (state.partial !== null) await rm(state.partial, { force: true });
    return { path, version: answer.version };
  }
  if (state.partial === null || state.version !== answer.version) {
    const tag = Buffer.from(answer.version ?? "").toString("base64url");
    const partial = temporaryName(join(folder, `${start}${tag.slice(0, 150)}`));
    if (state.partial === null) await (await open(partial, "w")).close();
    else await rename(state.partial, partial);
    state.partial = partial;
    // A tag too long for a name cannot be asked for again.
    state.version = tag.length > 150 ? null : answer.version;
  }
  await receive(answer, state.partial);
  await sync(state.partial);
  await rename(state.partial, path);
  return { path, version: answer.version };
}

async function receive({ from, size, body }: RemoteBody, partial: string): Promise<void> {
  await pipeline(body, createWriteStream(partial, { flags: from === 0 ? "w" : "r+", start: from }));
  const { size: received } = await stat(partial);
  if (size !== null && received !== size) throw new Error(`${received} bytes came, expected ${size}`);
}

function copyPath(file: RemoteFile, folder: string, version: string): string {
  return join(folder, `${digest(file.name, version)}-${file.fileName}`);
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null)) !== null;
}

async function sync(path: string): Promise<void> {
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
