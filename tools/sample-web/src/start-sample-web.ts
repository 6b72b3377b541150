import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import { generateRows, samplePort } from "./generate-rows.js";
import { hostFile } from "./host-file.js";
import { type PictureSpec, renderPicture } from "./render-picture.js";
import { respond } from "./respond.js";

/** A running sample web. */
export interface SampleWeb {
  port: number;
  /** Milliseconds since somebody asked for anything. */
  idleMs: () => number;
  close: () => Promise<void>;
}

/** Where a sample web says that it is one. */
export const identityPath = "/__sample-web";

/**
 * Starts the offline web on the loopback.
 *
 * @param options.port 0 takes any that is free. @default the port in the sample's list
 * @param options.more rows behind the sample's. @default 0
 * @param options.keep hold pictures in memory once they are drawn, some 10 KB each. @default false
 */
export async function startSampleWeb({
  port = samplePort,
  more = 0,
  keep = false,
}: { port?: number; more?: number; keep?: boolean } = {}): Promise<SampleWeb> {
  const draw = keep ? keeping(renderPicture) : renderPicture;
  const rows = new Map(generateRows(port, more).map((row) => [row.path, row]));
  const visits = new Map<string, number>();
  let askedAt = Number.NEGATIVE_INFINITY;
  const server = createServer((request, response) => {
    askedAt = performance.now();
    // Clients that give up are part of the play.
    response.on("error", () => undefined);
    const url = new URL(request.url ?? "/", "http://sample.test");
    const path = decode(url.pathname);
    if (path === identityPath) {
      response.writeHead(200, { "content-type": "application/json" }).end('{"name":"leyenda sample web"}');
      return;
    }
    const file = hostFile(request.headers.host, path);
    if (file !== null) {
      response.writeHead(200, { "content-type": file.type }).end(file.body);
      return;
    }
    const row = rows.get(path);
    if (row === undefined) {
      response.writeHead(404).end();
      return;
    }
    const seen = visits.get(path) ?? 0;
    visits.set(path, seen + 1);
    const step = Number(url.searchParams.get("step") ?? 0);
    respond({ row, request, response, step, visits: seen, draw }).catch((error: unknown) => {
      console.error(`sample web: ${path}: ${String(error)}`);
      response.destroy();
    });
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  return {
    port: (server.address() as AddressInfo).port,
    idleMs: () => performance.now() - askedAt,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

function decode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

function keeping(render: typeof renderPicture): typeof renderPicture {
  const drawn = new Map<PictureSpec, Promise<Buffer>>();
  return (spec) => {
    const picture = drawn.get(spec) ?? render(spec);
    drawn.set(spec, picture);
    return picture;
  };
}
