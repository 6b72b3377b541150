import "@leyenda/core/libvips-threads";

import type { IncomingMessage, ServerResponse } from "node:http";
import { crc32, deflateSync, gzipSync } from "node:zlib";

import sharp from "sharp";

import { drawScene } from "./draw-scene.js";
import type { SampleRow } from "./generate-rows.js";
import { renderPicture } from "./render-picture.js";

export interface Exchange {
  row: SampleRow;
  request: IncomingMessage;
  response: ServerResponse;
  /** Redirects that led here. */
  step: number;
  /** Earlier requests for this path. */
  visits: number;
  draw: typeof renderPicture;
}

type Handler = (exchange: Exchange) => Promise<void> | void;

const html =
  "<!DOCTYPE html>\n<html><head><title>Not found</title></head><body><h1>This photo is gone</h1></body></html>\n";

/** Answers a request as its row's behaviour says. */
export async function respond(exchange: Exchange): Promise<void> {
  await (handlers[exchange.row.behaviour] ?? sendPicture)(exchange);
}

const handlers: Partial<Record<SampleRow["behaviour"], Handler>> = {
  notFound: sendStatus(404),
  forbidden: sendStatus(403),
  gone: sendStatus(410),
  tooMany: ({ response }) => {
    response.writeHead(429, { "retry-after": "1" }).end();
  },
  tooManyThenOk: (exchange) => {
    if (exchange.visits > 0) return sendPicture(exchange);
    exchange.response.writeHead(429, { "retry-after": "1" }).end();
  },
  error: sendStatus(500),
  errorThenOk: (exchange) => {
    if (exchange.visits > exchange.row.line % 2) return sendPicture(exchange);
    exchange.response.writeHead(503).end();
  },
  redirect: (exchange) => {
    const { row, step, response } = exchange;
    if (step > row.line % 3) return sendPicture(exchange);
    const status = [301, 302, 307, 308][row.line % 4] ?? 302;
    response.writeHead(status, { location: `?step=${step + 1}` }).end();
  },
  redirectLoop: ({ step, response }) => {
    response.writeHead(302, { location: `?step=${step === 1 ? 2 : 1}` }).end();
  },
  redirectMany: ({ step, response }) => {
    response.writeHead(302, { location: `?step=${step + 1}` }).end();
  },
  redirectNowhere: ({ response }) => {
    response.writeHead(302).end();
  },
  redirectToMissing: (exchange) => {
    if (exchange.step > 0) return sendStatus(404)(exchange);
    exchange.response.writeHead(301, { location: "?step=1" }).end();
  },
  redirectToFile: ({ response }) => {
    response.writeHead(302, { location: "file:///etc/passwd" }).end();
  },
  redirectToPrivate: ({ response }) => {
    response.writeHead(302, { location: "http://10.11.12.13/internal.jpg" }).end();
  },
  softNotFound: ({ response }) => {
    response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end(html);
  },
  json: ({ response }) => {
    response.writeHead(200, { "content-type": "application/json" }).end('{"error":"no such picture"}');
  },
  noise: ({ row, response }) => {
    const bytes = Buffer.from(Array.from({ length: 2_000 }, (_, index) => (index * 31 + row.line * 7) % 251));
    response.writeHead(200, { "content-type": "image/jpeg" }).end(bytes);
  },
  svg: ({ row, response }) => {
    const { scene, width, height, seed } = row.picture;
    response.writeHead(200, { "content-type": "image/svg+xml" }).end(drawScene(scene, width, height, seed));
  },
  empty: ({ response }) => {
    response.writeHead(200, { "content-type": "image/jpeg", "content-length": "0" }).end();
  },
  noContent: ({ response }) => {
    response.writeHead(204).end();
  },
  shortLength: async ({ row, response }) => {
    const picture = await renderPicture(row.picture);
    response.writeHead(200, {
      "content-type": "image/jpeg",
      "content-length": String(picture.length + 4_000),
    });
    response.write(picture, () => response.socket?.end());
  },
  reset: ({ response }) => {
    response.socket?.resetAndDestroy();
  },
  drip: ({ response }) => {
    response.writeHead(200, { "content-type": "image/jpeg" });
    const timer = setInterval(() => response.write(Buffer.of(0xff)), 500);
    response.once("close", () => {
      clearInterval(timer);
    });
  },
  hang: () => undefined,
  hugeLength: ({ response }) => {
    response.writeHead(200, { "content-type": "image/jpeg", "content-length": "9000000000" });
    response.write(Buffer.alloc(1_000));
  },
  optOut: async (exchange) => {
    const directive =
      ["noai", "noimageai", "noindex, noai", "leyenda: noai"][exchange.row.line % 4] ?? "noai";
    exchange.response.setHeader("x-robots-tag", directive);
    await sendPicture(exchange);
  },
  gzip: async ({ row, response }) => {
    const body = gzipSync(await renderPicture(row.picture));
    response.writeHead(200, { "content-type": "image/jpeg", "content-encoding": "gzip" }).end(body);
  },
  wrongType: async ({ row, response }) => {
    const type = row.line % 2 === 0 ? "image/jpeg" : "text/html";
    response.writeHead(200, { "content-type": type }).end(await renderPicture(row.picture));
  },
  truncatedPicture: async ({ row, response }) => {
    const picture = await renderPicture(row.picture);
    response
      .writeHead(200, { "content-type": contentType(row) })
      .end(picture.subarray(0, Math.floor(picture.length * 0.6)));
  },
  corruptPicture: async ({ row, response }) => {
    const picture = await renderPicture(row.picture);
    // A few bytes of the compressed pixels, so that no chunk's length is hit and the file does not look cut short.
    const damaged = Math.floor(picture.length * 0.45);
    for (let at = damaged; at < damaged + 24; at += 1) picture.writeUInt8(picture.readUInt8(at) ^ 0xff, at);
    response.writeHead(200, { "content-type": contentType(row) }).end(picture);
  },
  animation: async ({ row, response }) => {
    const frames = await Promise.all(
      [0, 1, 2].map((frame) =>
        renderPicture({
          ...row.picture,
          width: 200,
          height: 150,
          seed: row.picture.seed + frame,
          format: "png",
          variant: "plain",
        }),
      ),
    );
    const joined = sharp(frames, { join: { animated: true } });
    const body = await (
      row.line % 2 === 0 ? joined.gif({ effort: 1 }) : joined.webp({ effort: 0 })
    ).toBuffer();
    response.writeHead(200, { "content-type": row.line % 2 === 0 ? "image/gif" : "image/webp" }).end(body);
  },
  bomb: ({ response }) => {
    response.writeHead(200, { "content-type": "image/png" }).end(pngBomb(20_000));
  },
};

/** Status page of a server that has no picture. */
function sendStatus(status: number): Handler {
  return ({ response }) => {
    response.writeHead(status, { "content-type": "text/html" }).end(html);
  };
}

async function sendPicture({ row, response, draw }: Exchange): Promise<void> {
  const body = await draw(row.picture);
  response
    .writeHead(200, { "content-type": contentType(row), "content-length": String(body.length) })
    .end(body);
}

function contentType({ picture }: SampleRow): string {
  return `image/${picture.format}`;
}

/** A black square of `side` pixels: a few tens of kilobytes that decode to gigabytes. */
function pngBomb(side: number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  header.set([8, 2, 0, 0, 0], 8);
  // The rows are not all there: nobody who looks at the header first reads them.
  const pixels = deflateSync(Buffer.alloc(1 << 20));
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk("IHDR", header),
    chunk("IDAT", pixels),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type), data]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(data.length, 0);
  frame.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
}
