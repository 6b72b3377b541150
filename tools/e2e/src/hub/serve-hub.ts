import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

import { type CommitLine, isBig, Repository, sha256 } from "./repository.js";

export interface LocalHub {
  url: string;
  /** `owner/name` → repository. */
  repositories: Map<string, Repository>;
  /** `METHOD path` of every request, with its query. */
  requests: string[];
  /** Tokens that were sent, and where to. */
  authorizations: { path: string; authorization: string | undefined }[];
  /** May answer in the hub's place, and returns true then; or wait. */
  intercept: (request: IncomingMessage, response: ServerResponse) => boolean | Promise<boolean>;
  /** Called once a commit is made; true hangs up without an answer. */
  afterCommit: () => boolean;
  close: () => Promise<void>;
}

export interface HubOptions {
  /** Larger objects are uploaded in parts of this size. @default 100,000 */
  partBytes?: number;
  /** Entries in a page of a tree. @default 3 */
  pageSize?: number;
}

type Route = (
  parts: (string | undefined)[],
  body: Buffer,
  request: IncomingMessage,
  response: ServerResponse,
) => unknown;

/**
 * A Hugging Face hub for datasets on a loopback port: what @huggingface/hub 2.17 asks of `/api/repos/create`, `revision`, `tree`,
 * `preupload`, `branch`, the Git LFS batch with its basic and multipart uploads, and `commit`, no more. It refuses what the hub
 * refuses: a commit on another parent than the newest, objects that do not fit their SHA-256, writers without a token.
 */
export async function serveHub({ partBytes = 100_000, pageSize = 3 }: HubOptions = {}): Promise<LocalHub> {
  const repositories = new Map<string, Repository>();
  const uploads = new Map<string, Buffer[]>();
  const hub: LocalHub = {
    url: "",
    repositories,
    requests: [],
    authorizations: [],
    intercept: () => false,
    afterCommit: () => false,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };

  const routes: [RegExp, Route][] = [
    [
      /^POST \/api\/repos\/create$/,
      (_, body) => {
        const { name, organization, visibility } = JSON.parse(body.toString()) as Record<string, string>;
        const id = `${organization ?? ""}/${name ?? ""}`;
        if (repositories.has(id)) return 409;
        repositories.set(id, new Repository(visibility ?? "public"));
        return { url: `${hub.url}/datasets/${id}`, id };
      },
    ],
    [
      /^GET \/api\/datasets\/([^/]+\/[^/]+)\/revision\/([^/?]+)/,
      ([id = "", revision = ""]) => {
        const commit = repositories.get(id)?.commitOf(decodeURIComponent(revision));
        return commit === undefined ? 404 : { _id: "1", id, sha: commit.sha };
      },
    ],
    [
      /^GET \/api\/datasets\/([^/]+\/[^/]+)\/tree\/([^/?]+)\?.*?(?:cursor=(\d+))?$/,
      ([id = "", revision = "", cursor = "0"], _, request, response) => {
        const repository = repositories.get(id);
        const commit = repository?.commitOf(decodeURIComponent(revision));
        if (repository === undefined || commit === undefined) return 404;
        const entries = repository.tree(commit);
        const end = Number(cursor) + pageSize;
        if (end < entries.length) {
          const path = (request.url ?? "").replace(/&cursor=\d+$/, "");
          response.setHeader("link", `<${hub.url}${path}&cursor=${end}>; rel="next"`);
        }
        return entries.slice(Number(cursor), end);
      },
    ],
    [
      /^POST \/api\/datasets\/([^/]+\/[^/]+)\/branch\/([^/?]+)$/,
      ([id = "", branch = ""]) => {
        const repository = repositories.get(id);
        const main = repository?.head("main");
        if (repository === undefined || main === undefined) return 404;
        if (repository.branches.has(branch)) return 409;
        repository.branches.set(decodeURIComponent(branch), [main]);
        return {};
      },
    ],
    [
      /^POST \/api\/datasets\/([^/]+\/[^/]+)\/preupload\/([^/?]+)$/,
      (_, body) => {
        const { files } = JSON.parse(body.toString()) as { files: { path: string }[] };
        return { files: files.map(({ path }) => ({ path, uploadMode: isBig(path) ? "lfs" : "regular" })) };
      },
    ],
    [
      /^POST \/datasets\/([^/]+\/[^/]+)\.git\/info\/lfs\/objects\/batch$/,
      ([id = ""], body) => {
        const { objects } = JSON.parse(body.toString()) as { objects: { oid: string; size: number }[] };
        return {
          transfer: "basic",
          objects: objects.map(({ oid, size }) => ({
            oid,
            size,
            ...(repositories.get(id)?.objects.has(oid) === true
              ? {}
              : { actions: { upload: uploadAction(`${hub.url}/storage/${id}/${oid}`, size, partBytes) } }),
          })),
        };
      },
    ],
    [
      /^PUT \/storage\/([^/]+\/[^/]+)\/([0-9a-f]{64})\?signature=secret$/,
      ([id = "", oid = ""], body) => {
        if (sha256(body) !== oid) return 400;
        repositories.get(id)?.objects.set(oid, body);
        return {};
      },
    ],
    [
      /^PUT \/storage\/[^/]+\/[^/]+\/([0-9a-f]{64})\/(\d+)\?signature=secret$/,
      ([oid = "", number = ""], body, _, response) => {
        const parts = uploads.get(oid) ?? [];
        parts[Number(number)] = body;
        uploads.set(oid, parts);
        response.setHeader("etag", sha256(body));
        return {};
      },
    ],
    [
      /^POST \/storage\/([^/]+\/[^/]+)\/([0-9a-f]{64})\?signature=secret$/,
      ([id = "", oid = ""], body) => {
        const stored = uploads.get(oid) ?? [];
        const { parts } = JSON.parse(body.toString()) as { parts: { partNumber: number; etag: string }[] };
        if (parts.some(({ partNumber, etag }) => sha256(stored[partNumber] ?? Buffer.alloc(0)) !== etag))
          return 400;
        const bytes = Buffer.concat(parts.map(({ partNumber }) => stored[partNumber] ?? Buffer.alloc(0)));
        if (sha256(bytes) !== oid) return 400;
        repositories.get(id)?.objects.set(oid, bytes);
        return {};
      },
    ],
    [
      /^POST \/api\/datasets\/([^/]+\/[^/]+)\/commit\/([^/?]+)$/,
      ([id = "", branch = ""], body, _, response) => {
        const lines = body
          .toString()
          .split("\n")
          .map((line) => JSON.parse(line) as CommitLine);
        const made = repositories.get(id)?.commit(decodeURIComponent(branch), lines) ?? 404;
        if (typeof made === "number") return made;
        if (hub.afterCommit()) return response.destroy();
        return {
          success: true,
          commitOid: made.sha,
          commitUrl: `${hub.url}/commit/${made.sha}`,
          hookOutput: "",
        };
      },
    ],
  ];

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = "", url = "", headers } = request;
    hub.requests.push(`${method} ${url}`);
    hub.authorizations.push({ path: url, authorization: headers.authorization });
    if (await hub.intercept(request, response)) return;
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    for (const [pattern, route] of routes) {
      const match = pattern.exec(`${method} ${url}`);
      if (match === null) continue;
      const isWrite = method === "POST" && !url.startsWith("/storage/");
      const result =
        isWrite && headers.authorization === undefined
          ? 401
          : route(match.slice(1), Buffer.concat(chunks), request, response);
      if (response.destroyed) return;
      if (typeof result === "number") send(response, result, { error: `status ${result} of the hub` });
      else send(response, 200, result);
      return;
    }
    send(response, 404, { error: "no such path" });
  }

  const server = createServer((request, response) => {
    // A client that was killed in the middle of a request is no failure of the hub.
    answer(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  hub.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return hub;
}

/** One address, or one for each part of a big object. */
function uploadAction(href: string, size: number, partBytes: number): object {
  const signed = "?signature=secret";
  if (size <= partBytes) return { href: `${href}${signed}` };
  const count = Math.ceil(size / partBytes);
  const parts = Array.from({ length: count }, (_, index) => [
    String(index + 1).padStart(5, "0"),
    `${href}/${index + 1}${signed}`,
  ]);
  return {
    href: `${href}${signed}`,
    header: Object.fromEntries([["chunk_size", String(partBytes)], ...parts]) as object,
  };
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(body));
}
