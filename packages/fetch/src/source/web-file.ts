import { EnvHttpProxyAgent, type Dispatcher, interceptors, request } from "undici";

import { LeyendaError } from "@leyenda/core";

import type { RemoteBody, RemoteFile } from "./source-file.js";

/** Longest silence of a server that a list is brought from. */
const silenceMs = 60_000;

let agent: Dispatcher | undefined;

/** Through the proxy that the environment names. The address is the user's own choice: it may be a private one. */
export function listAgent(): Dispatcher {
  agent ??= new EnvHttpProxyAgent({ headersTimeout: silenceMs, bodyTimeout: silenceMs });
  return agent;
}

/** A list on the web. */
export function webFile(url: URL): RemoteFile {
  const fileName = decodeURIComponent(url.pathname.split("/").pop() ?? "") || "list";
  return { kind: "remote", name: shown(url), fileName, version: null, open };

  async function open(from: number, version: string | null): Promise<RemoteBody> {
    const { statusCode, headers, body } = await request(url, {
      dispatcher: listAgent().compose(interceptors.redirect({ maxRedirections: 10 })),
      headers: {
        // Offsets count the bytes of the file itself.
        "accept-encoding": "identity",
        ...(from > 0 && version !== null ? { range: `bytes=${from}-`, "if-range": version } : {}),
      },
    });
    if (statusCode !== 200 && statusCode !== 206) {
      await body.dump();
      // What is here already is not what the server has now.
      if (statusCode === 416 && from > 0) return open(0, null);
      if (statusCode === 429 || statusCode >= 500) throw new Error(`the server answered ${statusCode}`);
      throw new LeyendaError("SOURCE_MISSING", `the server answered ${statusCode}`, {
        where: shown(url),
        expected: "the list of rows",
      });
    }
    const range = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(text(headers["content-range"]) ?? "");
    const start = statusCode === 206 ? Number(range?.[1] ?? Number.NaN) : 0;
    if (start !== 0 && start !== from) {
      await body.dump();
      throw new Error("the server sent another range than the one asked for");
    }
    const length = text(headers["content-length"]);
    const size = statusCode === 206 ? Number(range?.[2]) : length === undefined ? Number.NaN : Number(length);
    return {
      from: start,
      size: Number.isNaN(size) ? null : size,
      version: strong(text(headers.etag)) ?? text(headers["last-modified"]) ?? null,
      body,
    };
  }
}

/** A weak tag does not promise equal bytes, and If-Range takes strong ones only. */
function strong(etag: string | undefined): string | undefined {
  return etag?.startsWith('"') === true ? etag : undefined;
}

function text(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}

/** Without what may be secret. */
function shown(url: URL): string {
  return `${url.origin}${url.pathname}`;
}
