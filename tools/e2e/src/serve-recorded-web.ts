import "@leyenda/core/libvips-threads";

import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

import sharp from "sharp";

import { type RecordedRow, timedOut } from "./recorded-web.js";

/** The recorded web, answering on one port of the loopback for every host of it. */
export interface RecordedWeb {
  port: number;
  /** Name of the photo that stands in for a URL's picture. */
  photoOf: (url: string) => string;
  close: () => Promise<void>;
}

/**
 * Serves every row as it was recorded: its status, its content type, and a body to match. Pictures are real photos, each
 * with its URL in a comment, so that no two URLs give the same bytes while all of a photo's pixels are the same.
 */
export async function serveRecordedWeb(rows: readonly RecordedRow[], corpus: string): Promise<RecordedWeb> {
  const folder = join(corpus, "photos/val2017");
  const names = (await readdir(folder)).filter((name) => name.endsWith(".jpg")).sort();
  const photos = new Map(
    await Promise.all(names.map(async (name) => [name, await readFile(join(folder, name))] as const)),
  );
  const photoOf = (url: string): string => {
    const digest = createHash("sha256").update(url).digest();
    return names[digest.readUInt32BE(0) % names.length] ?? "";
  };
  const byPlace = new Map(rows.map((row) => [placeOf(new URL(row.url)), row]));
  if (byPlace.size !== rows.length) throw new Error("two recorded URLs differ in nothing but their scheme");

  const server = createServer((request, response) => {
    if (request.url === "/robots.txt" || request.url === "/.well-known/tdmrep.json") {
      response.writeHead(404).end();
      return;
    }
    const row = byPlace.get(`${request.headers.host ?? ""} ${request.url ?? ""}`);
    void answer(response, row, (url) => photos.get(photoOf(url)) ?? Buffer.alloc(0));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    photoOf,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

function placeOf({ host, pathname, search }: URL): string {
  return `${host} ${pathname}${search}`;
}

async function answer(
  response: ServerResponse,
  row: RecordedRow | undefined,
  photo: (url: string) => Buffer,
): Promise<void> {
  if (row === undefined) {
    response.writeHead(599).end();
    return;
  }
  if (row.status === timedOut) return;
  const body = await bodyOf(row, photo);
  // What the server said the type was matters to nobody who looks at the bytes.
  response.writeHead(row.status, { "content-type": row.mime || "application/octet-stream" });
  response.end(row.status === 204 ? undefined : body);
}

async function bodyOf({ url, status, mime }: RecordedRow, photo: (url: string) => Buffer): Promise<Buffer> {
  if (status !== 200 || mime === "text/html") {
    return Buffer.from(
      `<!DOCTYPE html><html><head><title>${status}</title></head><body><h1>Gone</h1></body></html>\n`,
    );
  }
  switch (mime) {
    case "image/jpeg":
      return withComment(photo(url), url);
    case "image/png":
      return sharp(photo(url)).withXmp(xmp(url)).png({ compressionLevel: 1 }).toBuffer();
    case "image/gif":
      return sharp(photo(url)).resize(200).gif({ effort: 1 }).toBuffer();
    case "inode/x-empty":
      return Buffer.alloc(0);
    case "text/x-php":
      return Buffer.from("<?php\nheader('Location: /');\n");
    case "text/plain":
      return Buffer.from("Not found\n");
    default:
      return Buffer.from([0, 1, 2, 3, 4, 5, 6, 7]);
  }
}

/** Puts a comment segment right behind a JPEG's start marker. */
function withComment(jpeg: Buffer, comment: string): Buffer {
  const text = Buffer.from(comment);
  const head = Buffer.from([0xff, 0xfe, (text.length + 2) >> 8, (text.length + 2) & 0xff]);
  return Buffer.concat([jpeg.subarray(0, 2), head, text, jpeg.subarray(2)]);
}

function xmp(url: string): string {
  return `<x:xmpmeta xmlns:x="adobe:ns:meta/"><!-- ${createHash("sha256").update(url).digest("hex")} --></x:xmpmeta>`;
}
