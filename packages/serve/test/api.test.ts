import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer, request as httpRequest } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { setTimeout as pause } from "node:timers/promises";

import { Captioner } from "@leyenda/caption-model";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import type { CaptionServer } from "../src/index.js";
import { makeTinyModel, squarePng, type TinyModel } from "./start-tiny.js";

interface Body {
  caption: string;
  score: number;
  alternatives: { caption: string; score: number }[];
  picture: { width: number; height: number; format: string };
  batch: number;
  words?: { text: string; places: number[] }[] | null;
  preview?: string;
  error: { code: string; message: string; hint: string | null };
}

let tiny: TinyModel;
let server: CaptionServer;
let png: Buffer;
const faults: unknown[] = [];
const onFault = (error: unknown): void => void faults.push(error);

beforeAll(async () => {
  tiny = await makeTinyModel();
  server = await tiny.start({ limits: { stallMs: 700, bodyMs: 2_500, maxPixels: 4_000_000 }, onFault });
  png = await readFile(squarePng);
});
afterAll(async () => {
  await server.close();
  await tiny.remove();
  expect(faults).toEqual([]);
});

async function post(
  body: Uint8Array | string | object,
  {
    of = server,
    query = "",
    headers = {},
  }: { of?: CaptionServer; query?: string; headers?: Record<string, string> } = {},
): Promise<{ status: number; body: Body; headers: Headers }> {
  const isJson = typeof body === "object" && !(body instanceof Uint8Array);
  const response = await fetch(new URL(`/api/caption${query}`, of.url), {
    method: "POST",
    body: isJson ? JSON.stringify(body) : (body as Uint8Array<ArrayBuffer>),
    headers: { "content-type": isJson ? "application/json" : "image/png", ...headers },
  });
  return { status: response.status, body: (await response.json()) as Body, headers: response.headers };
}

/** Writes to the server what no client would, and says what comes back until it closes or `ms` have passed. */
async function raw(text: string, of = server, ms = 6_000): Promise<string> {
  const socket = connect(Number(new URL(of.url).port), "127.0.0.1");
  socket.write(text);
  let answer = "";
  socket.on("data", (chunk: Buffer) => (answer += chunk.toString())).on("error", () => undefined);
  await Promise.race([once(socket, "close"), pause(ms)]);
  socket.destroy();
  return answer;
}

describe("POST /api/caption", () => {
  it("gives the caption that the captioner gives, with the next best", async () => {
    const captioner = await Captioner.load(tiny.folder);
    const [wanted] = await captioner.caption([png], { beams: 4, best: 4, applyOrientation: true });
    await captioner.close();
    const { status, body } = await post(png, { query: "?beams=4&best=4" });
    expect(status).toBe(200);
    expect(body).toMatchObject({ caption: wanted?.text, picture: { format: "png" } });
    expect(body.score).toBeCloseTo(wanted?.score ?? 0, 4);
    expect(body.alternatives.map(({ caption }) => caption)).toEqual(
      wanted?.alternatives.map(({ text }) => text),
    );
  });

  it("says where in the picture each word was found, where that is wanted", async () => {
    const [without, { status, body }] = [await post(png), await post(png, { query: "?attention=1" })];
    expect(status).toBe(200);
    expect("words" in without.body).toBe(false);
    expect(body.caption).toBe(without.body.caption);
    expect(body.words?.map(({ text }) => text).join(" ")).toBe(body.caption);
    for (const { places } of body.words ?? []) {
      expect(Math.min(...places)).toBeGreaterThanOrEqual(0);
      expect(places.reduce((sum, share) => sum + share, 0)).toBeLessThanOrEqual(1.001);
    }
    expect((await post(png, { query: "?attention=yes" })).status).toBe(400);
  });

  it("captions what waits together, each picture as it is alone", async () => {
    const pictures = await Promise.all(
      Array.from({ length: 12 }, (_, index) => {
        const background = { r: 20 * index, g: 255 - 20 * index, b: 90 };
        return sharp({ create: { width: 60, height: 50 + index, channels: 3, background } })
          .jpeg()
          .toBuffer();
      }),
    );
    const alone: string[] = [];
    for (const picture of pictures) alone.push((await post(picture)).body.caption);
    const together = await Promise.all(pictures.map((picture) => post(picture)));
    expect(together.map(({ body }) => body.caption)).toEqual(alone);
    expect(Math.max(...together.map(({ body }) => body.batch))).toBeGreaterThan(1);
  });

  it("turns a picture as its orientation says", async () => {
    const picture = await sharp({ create: { width: 60, height: 30, channels: 3, background: "#123456" } })
      .withMetadata({ orientation: 6 })
      .jpeg()
      .toBuffer();
    expect((await post(picture)).body.picture).toEqual({ width: 30, height: 60, format: "jpeg" });
  });

  it.each([
    ["beams of none", "?beams=0", "bad_request"],
    ["more beams than it lets", "?beams=99", "bad_request"],
    ["more captions than beams", "?beams=2&best=3", "bad_request"],
    ["an unknown option", "?beam=2", "bad_request"],
  ])("refuses %s with 400", async (_, query, code) => {
    expect(await post(png, { query })).toMatchObject({ status: 400, body: { error: { code } } });
  });

  it.each([
    ["no JSON", "{", 400, "bad_json"],
    ["JSON without a URL", { beams: 2 }, 400, "bad_request"],
    ["a misspelt option", { url: "https://a.example/", beam: 2 }, 400, "bad_request"],
    ["another kind of URL", { url: "file:///etc/passwd" }, 400, "bad_url"],
    ["JSON of many bytes", { url: "x".repeat(20_000) }, 413, "too_large"],
  ])("refuses %s", async (_, body, status, code) => {
    const answer = await post(body, { headers: { "content-type": "application/json" } });
    expect(answer).toMatchObject({ status, body: { error: { code } } });
  });

  it("refuses bodies that are neither pictures nor JSON with 415, by their type or by their bytes", async () => {
    const html = "<!doctype html><svg onload=alert(1)>";
    for (const type of ["text/html", "multipart/form-data; boundary=x", "text/plain"])
      expect(await post(html, { headers: { "content-type": type } })).toMatchObject({
        status: 415,
        body: { error: { code: "unsupported_type" } },
      });
    for (const body of [
      html,
      "<svg xmlns='http://www.w3.org/2000/svg'/>",
      "%PDF-1.7",
      "GIF",
      "\0".repeat(99),
    ])
      expect((await post(body)).status, body).toBe(415);
    const packed = await post(png, { headers: { "content-encoding": "gzip" } });
    expect(packed).toMatchObject({ status: 415, body: { error: { code: "unsupported_encoding" } } });
  });

  it("refuses what is broken or too large in pixels with 422, and an empty body with 400", async () => {
    const jpeg = await sharp({ create: { width: 400, height: 300, channels: 3, background: "#888" } })
      .jpeg()
      .toBuffer();
    expect((await post(jpeg.subarray(0, jpeg.length >> 1))).status).toBe(422);
    expect((await post(png.subarray(0, png.length - 40))).status).toBe(422);
    const flipped = Buffer.from(png);
    flipped.fill(0x55, 60, 120);
    expect((await post(flipped)).status).toBe(422);
    // 64 megapixels in a few kilobytes.
    const bomb = await sharp({ create: { width: 8_000, height: 8_000, channels: 3, background: "#fff" } })
      .png()
      .toBuffer();
    expect(await post(bomb)).toMatchObject({
      status: 422,
      body: { error: { code: "too_many_pixels", hint: expect.stringContaining("smaller") as string } },
    });
    expect(await post("")).toMatchObject({ status: 400, body: { error: { code: "empty_body" } } });
    expect((await post(png)).status).toBe(200);
  });

  it("refuses a body that is too large with 413: by what is announced, and by what comes", async () => {
    const large = await post(Buffer.alloc(11 << 20));
    expect(large).toMatchObject({ status: 413, body: { error: { code: "too_large" } } });
    // Chunks without an end: it stops listening.
    const request = httpRequest(new URL("/api/caption", server.url), { method: "POST" });
    request.on("error", () => undefined);
    const answered = once(request, "response");
    const timer = setInterval(() => {
      if (!request.destroyed && !request.writableNeedDrain) request.write(Buffer.alloc(1 << 20));
    }, 1);
    // With an error before it or without: that is up to how far Node.js has written.
    const closed = new Promise((resolve) => request.once("close", resolve));
    const [response] = (await answered) as [{ statusCode: number }];
    expect(response.statusCode).toBe(413);
    await closed;
    clearInterval(timer);
  });

  it("says no before the body to a client that asks first", async () => {
    const head = `POST /api/caption HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 999999999\r\n\r\n`;
    const answer = await raw(head);
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    expect(answer).not.toContain("100 Continue");
  });

  it("ends bodies that stop coming, and those that come too slowly, with 408", async () => {
    const head = "POST /api/caption HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nGIF89a";
    expect(await raw(head)).toMatch(/^HTTP\/1\.1 408 [^]*too_slow[^]*nothing came/);
    const socket = connect(Number(new URL(server.url).port), "127.0.0.1");
    socket.write(head);
    let answer = "";
    socket.on("data", (chunk: Buffer) => (answer += chunk.toString())).on("error", () => undefined);
    const timer = setInterval(() => socket.write("."), 200);
    await once(socket, "close");
    clearInterval(timer);
    expect(answer).toMatch(/^HTTP\/1\.1 408 [^]*not there within/);
  });

  it("goes on when clients leave in the middle", async () => {
    const head = `POST /api/caption HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${png.length}\r\n\r\n`;
    await Promise.all([
      raw(`${head}GIF`, server, 50),
      raw(head + png.toString("latin1"), server, 5),
      raw(
        "POST /api/caption HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        server,
        300,
      ),
    ]);
    expect((await post(png)).status).toBe(200);
  });
});

describe("a URL", () => {
  it("is not asked for within the network, by address, name or redirect", async () => {
    for (const host of ["127.0.0.1", "localhost", "[::1]", "169.254.169.254", "10.0.0.1", "0x7f.1"])
      expect(await post({ url: `http://${host}:1/a.png` }), host).toMatchObject({
        status: 422,
        body: { error: { code: expect.stringMatching(/blocked_address|dns/) as string } },
      });
  });

  it("gives the caption of the picture there, with a small copy of it when that is wanted", async () => {
    let hangs = 0;
    const web = createServer((request, response) => {
      if (request.url === "/picture.png") response.writeHead(200, { "content-type": "text/html" }).end(png);
      else if (request.url === "/large") response.end(Buffer.alloc(11 << 20, 0xff));
      else if (request.url === "/page") response.end("<html>");
      else if (request.url === "/hangs") hangs += 1;
      else if (request.url === "/inside") response.writeHead(302, { location: "http://10.0.0.1/" }).end();
      else response.writeHead(404).end();
    });
    web.listen(0, "127.0.0.1");
    await once(web, "listening");
    const base = `http://127.0.0.1:${(web.address() as AddressInfo).port}`;
    const of = await tiny.start({
      fetch: { allowPrivate: ["127.0.0.1"] },
      limits: { bodyMs: 1_500 },
      onFault,
    });
    try {
      const direct = await post(png, { of });
      const { status, body } = await post({ url: `${base}/picture.png`, preview: true }, { of });
      expect(status).toBe(200);
      expect(body.caption).toBe(direct.body.caption);
      expect((await sharp(Buffer.from(body.preview ?? "", "base64")).metadata()).format).toBe("jpeg");
      for (const [path, wanted] of [
        ["/large", 413],
        ["/page", 415],
        ["/nothing", 422],
        ["/inside", 422],
        ["/hangs", 422],
      ] as const)
        expect((await post({ url: base + path }, { of })).status, path).toBe(wanted);
      expect(hangs).toBe(1);
    } finally {
      await of.close();
      web.closeAllConnections();
      web.close();
    }
  });
});

describe("a full server", () => {
  it("refuses with 503 and Retry-After, answers the others, and has room again", async () => {
    const of = await tiny.start({ limits: { queueLength: 3, batchSize: 1 }, onFault });
    try {
      const answers = await Promise.all(Array.from({ length: 40 }, () => post(png, { of })));
      const refused = answers.filter(({ status }) => status === 503);
      expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThanOrEqual(3);
      expect(refused.length).toBeGreaterThan(0);
      for (const { body, headers } of refused) {
        expect(body.error.code).toBe("queue_full");
        expect(Number(headers.get("retry-after"))).toBeGreaterThan(0);
      }
      expect((await post(png, { of })).status).toBe(200);
      const metrics = await (await fetch(new URL("/metrics", of.url))).text();
      expect(metrics).toContain(`leyenda_serve_refusals_total{code="queue_full"} ${refused.length}`);
      expect(metrics).toContain("leyenda_serve_held_bytes 0");
    } finally {
      await of.close();
    }
  });

  it("takes no more bodies at a time than it may, and no more of their bytes", async () => {
    const few = await tiny.start({ limits: { receiving: 1, stallMs: 1_500 }, onFault });
    const little = await tiny.start({ limits: { heldBytes: 100 }, onFault });
    try {
      const slow = raw("POST /api/caption HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nGIF", few);
      await pause(200);
      expect(await post(png, { of: few })).toMatchObject({ status: 503, body: { error: { code: "busy" } } });
      expect(await slow).toContain("408");
      expect((await post(png, { of: few })).status).toBe(200);
      expect(await post(png, { of: little })).toMatchObject({
        status: 503,
        body: { error: { code: "busy" } },
      });
    } finally {
      await few.close();
      await little.close();
    }
  });

  it("stops a decoder that takes too long, and goes on with a new one", async () => {
    const of = await tiny.start({ limits: { decodeMs: 1 }, onFault });
    try {
      expect(await post(png, { of })).toMatchObject({
        status: 422,
        body: { error: { code: "decoder_timeout" } },
      });
      expect(await post(png, { of })).toMatchObject({ status: 422 });
    } finally {
      await of.close();
    }
  });
});

describe("whoever asks", () => {
  it("is answered under an address or localhost alone", async () => {
    const get = (host: string): Promise<string> =>
      raw(`GET /api/health HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
    expect(await get("localhost:1")).toMatch(/^HTTP\/1\.1 200 /);
    expect(await get("attacker.example")).toMatch(/^HTTP\/1\.1 403 [^]*bad_host/);
  });

  it("is no page of another site, and gets no CORS headers", async () => {
    const headers = { origin: "http://attacker.example" };
    expect(await post(png, { headers })).toMatchObject({
      status: 403,
      body: { error: { code: "foreign_site" } },
    });
    const own = await post(png, { headers: { origin: new URL(server.url).origin } });
    expect(own.status).toBe(200);
    expect([...own.headers.keys()].filter((name) => name.startsWith("access-control"))).toEqual([]);
    const preflight = await fetch(new URL("/api/caption", server.url), { method: "OPTIONS" });
    expect(preflight.status).toBe(405);
  });

  it.each([
    ["/nothing", "GET", 404],
    ["/__proto__", "GET", 404],
    ["/samples/999", "GET", 404],
    ["/..%2f..%2fpackage.json", "GET", 404],
    ["/api/caption", "GET", 405],
    ["/", "POST", 405],
  ])("is told that there is no %s by %s", async (path, method, status) => {
    const response = await fetch(new URL(path, server.url), { method });
    expect(response.status).toBe(status);
    expect(Object.keys(((await response.json()) as Body).error)).toEqual(["code", "message", "hint"]);
  });
});

describe("the rest of the API", () => {
  it("says how the server is, what it takes, and gives figures", async () => {
    const get = async (path: string): Promise<unknown> => (await fetch(new URL(path, server.url))).json();
    expect(await get("/api/health")).toMatchObject({
      status: "ok",
      queue: { pictures: 0, capacity: 32 },
    });
    expect(await get("/api/info")).toMatchObject({
      model: { precision: "fp32" },
      limits: { maxBytes: 10 << 20, maxPixels: 4_000_000 },
    });
    const metrics = await (await fetch(new URL("/metrics", server.url))).text();
    expect(metrics).toMatch(/leyenda_serve_requests_total\{route="caption",status="200"\} \d+/);
    expect(metrics).toMatch(/leyenda_serve_decoder_resident_memory_bytes \d{7,}/);
  });

  it("has samples, each of which can be captioned", async () => {
    const { samples } = (await (await fetch(new URL("/api/info", server.url))).json()) as {
      samples: { id: number; caption: string }[];
    };
    expect(samples).toHaveLength(8);
    for (const { id } of samples) {
      const response = await fetch(new URL(`/samples/${id}`, server.url));
      expect(response.headers.get("content-type")).toBe("image/jpeg");
      expect((await post(await response.bytes())).status).toBe(200);
    }
  });

  it.each([
    ["es-MX,es;q=0.9,en;q=0.5", "es"],
    ["de,en;q=0.3,es;q=0.2", "en"],
    ["fr", "en"],
    ["", "en"],
  ])("serves the page to a browser that prefers %s in %s", async (header, language) => {
    const response = await fetch(server.url, { headers: { "accept-language": header } });
    expect(await response.text()).toContain(`<html lang="${language}">`);
    expect(response.headers.get("content-language")).toBe(language);
    expect(response.headers.get("content-security-policy")).toContain("default-src 'none'");
  });
});

it("answers what is under way before it closes, and takes nothing more", async () => {
  const of = await tiny.start({ onFault });
  const answers = Array.from({ length: 8 }, () => post(png, { of }));
  await pause(30);
  const closed = of.close();
  const settled = await Promise.allSettled(answers);
  await closed;
  expect(settled.filter(({ status }) => status === "fulfilled").length).toBeGreaterThan(0);
  for (const answer of settled)
    if (answer.status === "fulfilled") expect([200, 503]).toContain(answer.value.status);
  await expect(fetch(of.url)).rejects.toThrow();
});
