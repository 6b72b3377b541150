import { Readable } from "node:stream";
import type { ReadableStream } from "node:stream/web";

import { datasetInfo, downloadFile, HubApiError, listFiles } from "@huggingface/hub";
import { LeyendaError } from "@leyenda/core";
import picomatch from "picomatch";
import { fetch as undiciFetch } from "undici";

import { compareNatural } from "./compare-natural.js";
import { isListName } from "./is-list-name.js";
import type { RemoteFile } from "./source-file.js";
import { listAgent } from "./web-file.js";

const form = /^hf:\/\/datasets\/([^/@]+\/[^/@]+)(?:@([^/]+))?(?:\/(.*))?$/i;

/**
 * The files of a list on the Hugging Face hub: `hf://datasets/<owner>/<name>[@revision]/<path or glob>`. A revision, a
 * branch too, is fixed to the commit it names now. `HF_TOKEN` opens private datasets, `HF_ENDPOINT` names another hub.
 *
 * @throws LeyendaError SOURCE_MISSING, or CONFIG_INVALID for an address of another form
 */
export async function listHubFiles(address: string): Promise<RemoteFile[]> {
  const [, name, branch, wanted = ""] = form.exec(address) ?? [];
  if (name === undefined) {
    throw new LeyendaError("CONFIG_INVALID", "the address of a list on the hub is not complete", {
      where: address,
      expected: "hf://datasets/<owner>/<name>[@revision]/<path or glob>",
    });
  }
  const hub = hubAccess();
  try {
    const { sha } = await datasetInfo({
      name,
      ...hub,
      additionalFields: ["sha"],
      ...(branch === undefined ? {} : { revision: decodeURIComponent(branch) }),
    });
    const repo = `datasets/${name}` as const;
    const matches = matcher(wanted);
    const files: RemoteFile[] = [];
    for await (const entry of listFiles({ repo, revision: sha, recursive: true, ...hub })) {
      if (entry.type === "file" && matches(entry.path)) {
        files.push(hubFile(entry.path, entry.oid ?? sha, { repo, revision: sha, ...hub }));
      }
    }
    if (files.length > 0) return files.sort((a, b) => compareNatural(a.name, b.name));
  } catch (error) {
    if (!(error instanceof HubApiError)) throw error;
    throw new LeyendaError("SOURCE_MISSING", `the hub answered ${error.statusCode}: ${error.message}`, {
      where: address,
      hint: "a private or gated dataset needs a token in HF_TOKEN",
      cause: error,
    });
  }
  throw new LeyendaError("SOURCE_MISSING", "the dataset has no such file", {
    where: address,
    expected: "a path or a glob in the dataset; a folder stands for the lists in it",
  });
}

/** A file's own path, a glob, or a folder that stands for the lists directly in it. */
function matcher(wanted: string): (path: string) => boolean {
  const folder = wanted === "" ? "" : `${wanted.replace(/\/$/, "")}/`;
  const glob = picomatch(wanted === "" ? "\0" : wanted);
  return (path) =>
    path === wanted ||
    glob(path) ||
    (path.startsWith(folder) &&
      !path.slice(folder.length).includes("/") &&
      isListName(path.slice(folder.length)));
}

interface HubAccess {
  fetch: typeof fetch;
  hubUrl?: string;
  accessToken?: string;
}

function hubAccess(): HubAccess {
  const { HF_ENDPOINT: hubUrl, HF_TOKEN: accessToken } = process.env;
  return {
    // Undici's own fetch is what Node.js has built in; here it goes through the proxy.
    fetch: ((url: string | URL, init?: RequestInit) =>
      undiciFetch(url, { ...(init as object), dispatcher: listAgent() })) as unknown as typeof fetch,
    ...(hubUrl === undefined || hubUrl === "" ? {} : { hubUrl }),
    ...(accessToken === undefined || accessToken === "" ? {} : { accessToken }),
  };
}

function hubFile(
  path: string,
  version: string,
  at: HubAccess & { repo: `datasets/${string}`; revision: string },
): RemoteFile {
  const { repo, revision } = at;
  const name = `hf://${repo}@${revision}/${path}`;
  return {
    kind: "remote",
    name,
    fileName: path.split("/").pop() ?? path,
    version,
    open: async (from) => {
      // Plain ranges of the file, so that an interrupted download goes on where it was.
      const blob = await downloadFile({ path, xet: false, ...at });
      if (blob === null) throw new LeyendaError("SOURCE_MISSING", "the file is not there", { where: name });
      const rest = from === 0 ? blob : blob.slice(from);
      const body =
        from >= blob.size ? Readable.from([]) : Readable.fromWeb(rest.stream() as ReadableStream<Uint8Array>);
      return { from, size: blob.size, version, body };
    },
  };
}
