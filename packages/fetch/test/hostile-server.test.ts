import { createHash } from "node:crypto";
import type { Socket } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from "node:zlib";

import type { Outcome } from "@leyenda/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import type { FetchClient, FetchOptions, FetchResult } from "../src/index.js";
import { gif, jpegLike } from "./support/pictures.js";
import { plainClient } from "./support/plain-client.js";
import { drip, flood, type RawRequest, rawServer, type RawServer, reply } from "./support/raw-server.js";

const maxBytes = 100_000;
const deadlines = { connectMs: 800, headersMs: 800, stallMs: 600, totalMs: 1_600 };
/** What a busy machine may add to a deadline before it counts as broken. */
const graceMs = 2_000;

const picture = jpegLike(40_000);
const head = (...lines: string[]): string => ["HTTP/1.1 200 OK", ...lines, "", ""].join("\r\n");
const chunked = head("Transfer-Encoding: chunked");
const html = "<!DOCTYPE html><html><head><title>Not found</title></head><body>Sorry</body></html>";
const redirect = (location: string, status = "302 Found"): Buffer =>
  reply({ status, headers: [`Location: ${location}`] });

interface Behaviour {
  name: string;
  /** Bytes to answer with, or all that the server does. */
  serve: Buffer | string | ((socket: Socket, request: RawRequest) => void);
  /** Hang up after the bytes. */
  end?: boolean;
  outcome: Outcome;
  expected?: Partial<FetchResult>;
  /** What the picture must be, byte for byte. */
  body?: Buffer;
  /** Instead of /<name>. */
  path?: string;
}

const behaviours: Behaviour[] = [
  // Pictures that arrive.
  {
    name: "a picture",
    serve: reply({ body: picture }),
    outcome: "ok",
    body: picture,
    expected: { status: 200 },
  },
  { name: "a picture of a few bytes", serve: reply({ body: gif }), outcome: "ok", body: gif },
  {
    name: "no Content-Length, closed at the end",
    serve: reply({ body: picture, length: false }),
    end: true,
    outcome: "ok",
    body: picture,
  },
  {
    name: "HTTP/1.0",
    serve: reply({ body: picture }).toString("latin1").replace("HTTP/1.1", "HTTP/1.0"),
    outcome: "ok",
  },
  {
    name: "chunks of one byte",
    serve: `${chunked}${[...gif].map((b) => `1\r\n${String.fromCharCode(b)}\r\n`).join("")}0\r\n\r\n`,
    outcome: "ok",
    body: gif,
  },
  {
    name: "chunks with small extensions and trailers",
    serve: `${chunked}${gif.length.toString(16)};a=b;c="d"\r\n${gif.toString("latin1")}\r\n0\r\nX-T: 1\r\n\r\n`,
    outcome: "ok",
    body: gif,
  },
  {
    name: "the wrong MIME type",
    serve: reply({ body: picture, headers: ["Content-Type: text/html"] }),
    outcome: "ok",
    expected: { contentType: "text/html" },
  },
  {
    name: "no reason phrase",
    serve: `HTTP/1.1 200\r\nContent-Length: ${gif.length}\r\n\r\n${gif.toString("latin1")}`,
    outcome: "ok",
  },
  {
    name: "103 Early Hints first",
    serve: Buffer.concat([
      Buffer.from("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"),
      reply({ body: gif }),
    ]),
    outcome: "ok",
    body: gif,
  },
  {
    name: "more than Content-Length",
    serve: Buffer.concat([reply({ body: gif }), Buffer.from("more")]),
    outcome: "ok",
    body: gif,
  },
  {
    name: "a second response unasked",
    serve: Buffer.concat([reply({ body: gif }), reply({ body: picture })]),
    outcome: "ok",
    body: gif,
  },
  {
    name: "the picture in two slow halves",
    serve: (socket) => {
      socket.write(reply({ body: gif }).subarray(0, 50));
      setTimeout(() => socket.write(reply({ body: gif }).subarray(50)), 100);
    },
    outcome: "ok",
    body: gif,
  },
  {
    name: "206 with all of it",
    serve: reply({
      status: "206 Partial Content",
      headers: [`Content-Range: bytes 0-${gif.length - 1}/${gif.length}`],
      body: gif,
    }),
    outcome: "ok",
    body: gif,
  },
  {
    name: "exactly maxBytes",
    serve: reply({ body: jpegLike(maxBytes) }),
    outcome: "ok",
    body: jpegLike(maxBytes),
  },
  {
    name: "a cookie that must not come back",
    serve: (socket, { path, head }) => {
      const cookie = reply({ status: "302 Found", headers: ["Set-Cookie: a=b", "Location: /cookie?2"] });
      if (path === "/cookie") socket.write(cookie);
      else socket.write(reply(/^cookie:/im.test(head) ? { status: "400 Bad" } : { body: gif }));
    },
    path: "/cookie",
    outcome: "ok",
  },
  {
    name: "ñ and spaces in the path",
    path: "/niño con gato.jpg",
    serve: (socket, { path }) => {
      socket.write(
        reply(path === "/ni%C3%B1o%20con%20gato.jpg" ? { body: gif } : { status: "404 Not Found" }),
      );
    },
    outcome: "ok",
  },

  // Encodings.
  {
    name: "gzip",
    serve: reply({ body: gzipSync(picture), headers: ["Content-Encoding: gzip"] }),
    outcome: "ok",
    body: picture,
  },
  {
    name: "brotli",
    serve: reply({ body: brotliCompressSync(gif), headers: ["Content-Encoding: br"] }),
    outcome: "ok",
    body: gif,
  },
  {
    name: "deflate",
    serve: reply({ body: deflateSync(picture), headers: ["Content-Encoding: deflate"] }),
    outcome: "ok",
    body: picture,
  },
  {
    name: "raw deflate",
    serve: reply({ body: deflateRawSync(picture), headers: ["Content-Encoding: deflate"] }),
    outcome: "ok",
    body: picture,
  },
  {
    name: "gzip within brotli",
    serve: reply({ body: brotliCompressSync(gzipSync(gif)), headers: ["Content-Encoding: gzip, br"] }),
    outcome: "ok",
    body: gif,
  },
  {
    name: "an unknown coding on a plain picture",
    serve: reply({ body: gif, headers: ["Content-Encoding: utf-8"] }),
    outcome: "ok",
    body: gif,
  },
  {
    name: "an unknown coding",
    serve: reply({ body: "\x28\xb5\x2f\xfd....", headers: ["Content-Encoding: exotic"] }),
    outcome: "bad_encoding",
  },
  {
    name: "gzip that is none",
    serve: reply({ body: picture, headers: ["Content-Encoding: gzip"] }),
    outcome: "bad_encoding",
  },
  {
    name: "gzip that ends early",
    serve: reply({ body: gzipSync(picture).subarray(0, 20_000), headers: ["Content-Encoding: gzip"] }),
    outcome: "bad_encoding",
  },
  {
    name: "a gzip bomb",
    serve: reply({ body: gzipSync(Buffer.alloc(50_000_000)), headers: ["Content-Encoding: gzip"] }),
    outcome: "too_large",
  },
  {
    name: "a bomb within gzip within gzip",
    serve: reply({
      body: gzipSync(gzipSync(Buffer.alloc(50_000_000))),
      headers: ["Content-Encoding: gzip, gzip"],
    }),
    outcome: "too_large",
  },
  {
    name: "a dozen codings",
    serve: reply({ body: gif, headers: [`Content-Encoding: ${"gzip, ".repeat(12)}`] }),
    outcome: "bad_encoding",
  },
  {
    name: "gzip of nothing",
    serve: reply({ body: gzipSync(""), headers: ["Content-Encoding: gzip"] }),
    outcome: "empty_body",
  },

  // Bodies that are no pictures.
  {
    name: "HTML with status 200",
    serve: reply({ body: html, headers: ["Content-Type: image/jpeg"] }),
    outcome: "not_an_image",
    expected: { detail: "the body looks like HTML" },
  },
  { name: "JSON", serve: reply({ body: '{"error":404}' }), outcome: "not_an_image" },
  { name: "text", serve: reply({ body: "not here" }), outcome: "not_an_image" },
  {
    name: "SVG",
    serve: reply({ body: '<svg xmlns="http://www.w3.org/2000/svg"/>' }),
    outcome: "not_an_image",
  },
  {
    name: "PDF",
    serve: reply({ body: "%PDF-1.7\n" }),
    outcome: "not_an_image",
    expected: { detail: "the body looks like application/pdf" },
  },
  { name: "one byte", serve: reply({ body: "\xff" }), outcome: "not_an_image" },
  { name: "204", serve: reply({ status: "204 No Content", length: false }), outcome: "empty_body" },
  { name: "an empty 200", serve: reply({}), outcome: "empty_body", expected: { status: 200 } },
  { name: "empty chunks", serve: `${chunked}0\r\n\r\n`, outcome: "empty_body" },
  { name: "an empty body by closing", serve: head("Connection: close"), end: true, outcome: "empty_body" },

  // Sizes.
  {
    name: "one byte above maxBytes",
    serve: reply({ body: jpegLike(maxBytes + 1), length: false }),
    end: true,
    outcome: "too_large",
  },
  {
    name: "a Content-Length above maxBytes",
    serve: head("Content-Length: 999999999999"),
    outcome: "too_large",
  },
  {
    name: "an endless body",
    serve: (socket) => {
      socket.write(head());
      flood(socket, picture);
    },
    outcome: "too_large",
  },
  {
    name: "endless chunks",
    serve: (socket) => {
      socket.write(chunked);
      flood(socket, `1000\r\n${"x".repeat(4096)}\r\n`);
    },
    outcome: "too_large",
  },

  // Bodies that break off.
  {
    name: "short of Content-Length",
    serve: reply({ body: gif, length: 1_000 }),
    end: true,
    outcome: "truncated_body",
    expected: { detail: `the body ended after ${gif.length} of 1000 bytes`, bytes: gif.length },
  },
  {
    name: "short of Content-Length with Connection: close",
    serve: reply({ body: gif, length: 1_000, headers: ["Connection: close"] }),
    end: true,
    outcome: "truncated_body",
  },
  {
    name: "nothing of Content-Length",
    serve: head("Content-Length: 1000"),
    end: true,
    outcome: "truncated_body",
  },
  { name: "chunks without an end", serve: `${chunked}3\r\nGIF\r\n`, end: true, outcome: "truncated_body" },
  { name: "half a chunk", serve: `${chunked}30\r\nGIF`, end: true, outcome: "truncated_body" },
  {
    name: "a reset in the body",
    serve: (socket) => {
      socket.write(reply({ body: gif, length: 1_000 }), () => setTimeout(() => socket.resetAndDestroy(), 50));
    },
    outcome: "reset",
  },
  {
    name: "206 with a part",
    serve: reply({ status: "206 Partial Content", headers: ["Content-Range: bytes 0-9/100"], body: gif }),
    outcome: "truncated_body",
  },

  // Connections that break off.
  { name: "a reset instead of an answer", serve: (socket) => socket.resetAndDestroy(), outcome: "reset" },
  { name: "closed instead of an answer", serve: "", end: true, outcome: "reset" },
  { name: "closed within the head", serve: "HTTP/1.1 200 OK\r\nContent-", end: true, outcome: "reset" },

  // Slowness.
  { name: "silence", serve: () => undefined, outcome: "timeout", expected: { status: null } },
  { name: "half a head, then silence", serve: "HTTP/1.1 200 OK\r\nContent-Type: im", outcome: "timeout" },
  {
    name: "a head that drips",
    serve: (socket) => {
      socket.write("HTTP/1.1 200 OK\r\n");
      drip(socket, 20, "X-A: b\r\n");
    },
    outcome: "timeout",
  },
  {
    name: "silence in the body",
    serve: reply({ body: gif, length: 1_000 }),
    outcome: "timeout",
    expected: { status: 200 },
  },
  {
    name: "a body that drips",
    serve: (socket) => {
      socket.write(reply({ length: 50_000 }));
      drip(socket, 20, "x");
    },
    outcome: "timeout",
    expected: { status: 200 },
  },
  {
    name: "an endless body that drips",
    serve: (socket) => {
      socket.write(chunked);
      drip(socket, 20, "1\r\nx\r\n");
    },
    outcome: "timeout",
  },
  {
    name: "a chunk extension without end",
    serve: (socket) => {
      socket.write(`${chunked}1;`);
      flood(socket, "x".repeat(1_024));
    },
    outcome: "timeout",
  },
  {
    name: "endless chunks of one byte with long extensions",
    serve: (socket) => {
      socket.write(chunked);
      // Long enough that no machine reads maxBytes of body, 6.5 GB on the wire, before the deadline.
      flood(socket, `1;${"x".repeat(65_536)}="y"\r\nx\r\n`);
    },
    outcome: "timeout",
  },
  {
    name: "endless 102 Processing",
    serve: (socket) => {
      drip(socket, 50, "HTTP/1.1 102 Processing\r\n\r\n");
    },
    outcome: "timeout",
  },
  {
    name: "a flood of 103",
    serve: (socket) => {
      socket.write("HTTP/1.1 103 Early Hints\r\n\r\n".repeat(1_000));
    },
    outcome: "http_protocol",
  },
  {
    name: "a slow chain of redirects",
    path: "/slow/0",
    serve: (socket, { path }) => {
      setTimeout(() => socket.write(redirect(`/slow/${Number(path.split("/")[2]) + 1}`)), 300);
    },
    outcome: "timeout",
  },

  // Things that are not HTTP.
  { name: "another protocol", serve: "SSH-2.0-OpenSSH_9.6\r\n", outcome: "http_protocol" },
  { name: "binary noise", serve: jpegLike(1_000), outcome: "http_protocol" },
  { name: "a body without a head", serve: html, outcome: "http_protocol" },
  {
    name: "100 Continue unasked",
    serve: (socket) => {
      socket.write("HTTP/1.1 100 Continue\r\n\r\n".repeat(1_000));
    },
    outcome: "http_protocol",
  },
  {
    name: "101 unasked",
    serve: "HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n",
    outcome: "http_protocol",
  },
  {
    name: "a flood of headers",
    serve: (socket) => {
      socket.write("HTTP/1.1 200 OK\r\n");
      flood(socket, `X-A: ${"b".repeat(1_000)}\r\n`);
    },
    outcome: "http_protocol",
  },
  {
    name: "one endless header",
    serve: (socket) => {
      socket.write("HTTP/1.1 200 OK\r\nX-A: ");
      flood(socket, "b".repeat(1_000));
    },
    outcome: "http_protocol",
  },
  {
    name: "endless trailers",
    serve: (socket) => {
      socket.write(`${chunked}1\r\nx\r\n0\r\n`);
      flood(socket, `X-A: ${"b".repeat(1_000)}\r\n`);
    },
    outcome: "http_protocol",
  },
  { name: "a chunk size that is no number", serve: `${chunked}xyz\r\nGIF\r\n`, outcome: "http_protocol" },
  {
    name: "a chunk size beyond all bounds",
    serve: `${chunked}fffffffffffffffffffff\r\nGIF\r\n`,
    outcome: "http_protocol",
  },
  {
    name: "a chunk longer than its size",
    serve: `${chunked}3\r\nGIF89a\r\n0\r\n\r\n`,
    outcome: "http_protocol",
  },
  {
    name: "two Content-Lengths",
    serve: head("Content-Length: 3", "Content-Length: 4") + "GIF8",
    outcome: "http_protocol",
  },
  {
    name: "a Content-Length and chunks",
    serve: head("Content-Length: 3", "Transfer-Encoding: chunked") + "3\r\nGIF\r\n0\r\n\r\n",
    outcome: "http_protocol",
  },
  { name: "a negative Content-Length", serve: head("Content-Length: -1") + "GIF", outcome: "http_protocol" },
  {
    name: "a Content-Length said twice in one header",
    serve: head("Content-Length: 42, 42") + gif.toString("latin1"),
    outcome: "http_protocol",
  },
  {
    name: "a Content-Length with a sign",
    serve: head("Content-Length: +42") + gif.toString("latin1"),
    outcome: "http_protocol",
  },
  {
    name: "a header without a colon",
    serve: head("X-A", "Content-Length: 0"),
    outcome: "http_protocol",
  },
  {
    name: "a space before the colon",
    serve: head("Content-Length : 42") + gif.toString("latin1"),
    outcome: "http_protocol",
  },
  { name: "HTTP/3.7", serve: "HTTP/3.7 200 OK\r\nContent-Length: 0\r\n\r\n", outcome: "http_protocol" },
  { name: "frames of HTTP/2", serve: Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]), outcome: "http_protocol" },
  {
    name: "a status of two digits",
    serve: "HTTP/1.1 20 OK\r\nContent-Length: 0\r\n\r\n",
    outcome: "http_protocol",
  },
  {
    name: "a thousand headers within the bounds",
    serve: reply({ body: gif, headers: Array.from({ length: 1_000 }, (_, n) => `X-${n}: b`) }),
    outcome: "ok",
    body: gif,
  },
  { name: "NUL in a header", serve: head("X-A: a\0b", "Content-Length: 0"), outcome: "http_protocol" },
  { name: "a status beyond 599", serve: reply({ status: "799 Odd" }), outcome: "http_protocol" },

  // Statuses.
  {
    name: "404",
    serve: reply({ status: "404 Not Found", body: html }),
    outcome: "http_4xx",
    expected: { status: 404 },
  },
  {
    name: "404 with a picture",
    serve: reply({ status: "404 Not Found", body: picture }),
    outcome: "http_4xx",
  },
  { name: "403", serve: reply({ status: "403 Forbidden" }), outcome: "http_4xx" },
  { name: "410", serve: reply({ status: "410 Gone" }), outcome: "http_4xx" },
  {
    name: "408",
    serve: reply({ status: "408 Request Timeout" }),
    outcome: "timeout",
    expected: { status: 408 },
  },
  { name: "429", serve: reply({ status: "429 Too Many Requests" }), outcome: "http_429" },
  { name: "500", serve: reply({ status: "500 Internal Server Error" }), outcome: "http_5xx" },
  { name: "523 of a CDN", serve: reply({ status: "523 Origin Is Unreachable" }), outcome: "http_5xx" },
  { name: "304 unasked", serve: reply({ status: "304 Not Modified", length: false }), outcome: "http_3xx" },
  { name: "300", serve: reply({ status: "300 Multiple Choices" }), outcome: "http_3xx" },
  {
    name: "404 whose page drips",
    serve: (socket) => {
      socket.write(reply({ status: "404 Not Found", length: 50_000 }));
      drip(socket, 20, "x");
    },
    outcome: "http_4xx",
  },
  {
    name: "404 with an endless page",
    serve: (socket) => {
      socket.write("HTTP/1.1 404 Not Found\r\n\r\n");
      flood(socket, html);
    },
    outcome: "http_4xx",
  },
  {
    name: "500 that breaks off",
    serve: reply({ status: "500 Oops", length: 1_000 }),
    end: true,
    outcome: "http_5xx",
  },

  // Redirects. All of them begin at /<name> and end, when well, at "/a picture".
  ...["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"].map(
    (status): Behaviour => ({
      name: status,
      serve: redirect("/a%20picture", status),
      outcome: "ok",
      body: picture,
      expected: { redirects: 1, status: 200 },
    }),
  ),
  {
    name: "five hops of 308",
    path: "/hops/5",
    serve: (socket, { path }) => {
      const left = Number(path.split("/")[2]) - 1;
      socket.write(redirect(left === 0 ? "/a%20picture" : `/hops/${left}`, "308 Permanent Redirect"));
    },
    outcome: "ok",
    expected: { redirects: 5 },
  },
  {
    name: "six hops",
    path: "/more/6",
    serve: (socket, { path }) => {
      socket.write(redirect(`/more/${Number(path.split("/")[2]) - 1}`));
    },
    outcome: "redirect_loop",
    expected: { redirects: 5 },
  },
  {
    name: "a redirect to itself",
    path: "/self",
    serve: redirect("/self"),
    outcome: "redirect_loop",
    expected: { redirects: 0 },
  },
  {
    name: "a redirect to itself but for the fragment",
    path: "/hash",
    serve: redirect("/hash#top"),
    outcome: "redirect_loop",
  },
  {
    name: "two URLs that redirect to each other",
    path: "/ping",
    serve: (socket, { path }) => {
      socket.write(redirect(path === "/ping" ? "/ping?pong" : "/ping"));
    },
    outcome: "redirect_loop",
  },
  {
    name: "a redirect without Location",
    serve: reply({ status: "302 Found" }),
    outcome: "bad_redirect",
    expected: { status: 302 },
  },
  { name: "a redirect to no URL", serve: redirect("http://"), outcome: "bad_redirect" },
  { name: "a redirect to file", serve: redirect("file:///etc/passwd"), outcome: "bad_redirect" },
  {
    name: "a redirect to data",
    serve: redirect("data:image/gif;base64,R0lGODlhAQABAAAAACw="),
    outcome: "bad_redirect",
  },
  { name: "a redirect to ftp", serve: redirect("ftp://127.0.0.1/a.jpg"), outcome: "bad_redirect" },
  { name: "a redirect to javascript", serve: redirect("javascript:alert(1)"), outcome: "bad_redirect" },
  {
    name: "a redirect beyond the length of URLs",
    serve: redirect(`/${"a".repeat(9_000)}`),
    outcome: "bad_redirect",
  },
  {
    name: "a redirect to another loopback address",
    serve: redirect("http://127.0.0.2/"),
    outcome: "blocked_address",
    expected: { redirects: 1, finalUrl: "http://127.0.0.2/" },
  },
  { name: "a redirect to IPv6 loopback", serve: redirect("http://[::1]:80/"), outcome: "blocked_address" },
  {
    name: "a redirect to mapped loopback",
    serve: redirect("http://[::ffff:127.0.0.2]/"),
    outcome: "blocked_address",
  },
  { name: "a redirect to a decimal host", serve: redirect("http://2130706434/"), outcome: "blocked_address" },
  { name: "a redirect to an octal host", serve: redirect("http://0177.0.0.2/"), outcome: "blocked_address" },
  ...[
    ["a hexadecimal host", "0x7f000002"],
    ["a host of two numbers", "127.2"],
    ["a host in full-width digits", "１２７.0.0.2"],
    ["mapped loopback in hexadecimal", "[::ffff:7f00:2]"],
    ["loopback behind NAT64", "[64:ff9b::7f00:2]"],
    ["loopback behind 6to4", "[2002:7f00:2::]"],
    ["a Teredo address", "[2001:0:4136:e378:8000:63bf:3fff:fdd2]"],
    ["no address", "0.0.0.0"],
    ["no IPv6 address", "[::]"],
    ["a carrier's address", "100.64.0.1"],
    ["a multicast address", "224.0.0.1"],
    ["broadcast", "255.255.255.255"],
    ["a link-local IPv6 address", "[fe80::1]"],
    ["metadata over IPv6", "[fd00:ec2::254]"],
  ].map(([what = "", host = ""]): Behaviour => ({
    name: `a redirect to ${what}`,
    serve: Buffer.from(`HTTP/1.1 302 Found\r\nLocation: http://${host}/\r\nContent-Length: 0\r\n\r\n`),
    outcome: "blocked_address",
    expected: { redirects: 1 },
  })),
  {
    name: "a redirect to a name that points here",
    path: "/rebind",
    serve: (socket) => {
      socket.write(redirect(`http://rebind.test:${server.port}/a%20picture`));
    },
    outcome: "blocked_address",
  },
  { name: "a redirect to file in capitals", serve: redirect("FILE:///etc/passwd"), outcome: "bad_redirect" },
  {
    name: "a redirect to file with a tab in it",
    serve: redirect("fi\tle:///etc/passwd"),
    outcome: "bad_redirect",
  },
  {
    name: "a redirect to metadata",
    serve: redirect("http://169.254.169.254/latest/meta-data/"),
    outcome: "blocked_address",
  },
  {
    name: "a redirect to a private name",
    serve: redirect("http://intranet.test/"),
    outcome: "blocked_address",
  },
  { name: "a redirect to localhost", serve: redirect("http://localhost/"), outcome: "blocked_address" },
  { name: "a redirect to a closed port", serve: redirect("http://127.0.0.1:1/"), outcome: "connect" },
  { name: "a redirect to no host", serve: redirect("http://nowhere.test/"), outcome: "dns" },
  {
    name: "a redirect with credentials",
    path: "/from",
    serve: (socket, { path, head }) => {
      if (path === "/from") socket.write(redirect(`http://user:secret@127.0.0.1:${server.port}/from?to`));
      else socket.write(reply(/authorization|secret/i.test(head) ? { status: "400 Bad" } : { body: gif }));
    },
    outcome: "ok",
  },
  {
    name: "a redirect in UTF-8",
    path: "/utf8",
    serve: (socket, { path }) => {
      if (path === "/utf8")
        socket.write(
          Buffer.from("HTTP/1.1 302 Found\r\nLocation: /utf8?ñ\r\nContent-Length: 0\r\n\r\n", "utf8"),
        );
      else socket.write(reply(path === "/utf8?%C3%B1" ? { body: gif } : { status: "404 Not Found" }));
    },
    outcome: "ok",
  },
  {
    name: "a redirect with an endless page",
    path: "/endless",
    serve: (socket, { path }) => {
      if (path !== "/endless") {
        socket.write(reply({ body: gif }));
        return;
      }
      socket.write("HTTP/1.1 302 Found\r\nLocation: /endless?2\r\n\r\n");
      flood(socket, html);
    },
    outcome: "ok",
  },

  // Reservations.
  {
    name: "noai",
    serve: reply({ body: picture, headers: ["X-Robots-Tag: noai"] }),
    outcome: "opted_out",
    expected: { robotsTag: "x-robots-tag: noai", bytes: 0 },
  },
  {
    name: "noai for us alone",
    serve: reply({ body: picture, headers: ["X-Robots-Tag: leyenda: noimageai"] }),
    outcome: "opted_out",
  },
  {
    name: "noai for others",
    serve: reply({ body: picture, headers: ["X-Robots-Tag: other: noai"] }),
    outcome: "ok",
    expected: { robotsTag: "x-robots-tag: other: noai" },
  },
  {
    name: "noai among two headers",
    serve: reply({ body: picture, headers: ["X-Robots-Tag: noindex", "X-Robots-Tag: noai"] }),
    outcome: "opted_out",
  },
  {
    name: "tdm-reservation: 1",
    serve: reply({ body: picture, headers: ["TDM-Reservation: 1", "TDM-Policy: https://e/p"] }),
    outcome: "opted_out",
    expected: { robotsTag: "tdm-reservation: 1; tdm-policy: https://e/p" },
  },
  {
    name: "tdm-reservation: 0",
    serve: reply({ body: picture, headers: ["TDM-Reservation: 0"] }),
    outcome: "ok",
  },
  {
    name: "noai on a redirect",
    serve: reply({ status: "302 Found", headers: ["Location: /a%20picture", "X-Robots-Tag: noai"] }),
    outcome: "opted_out",
  },
  {
    name: "404 with noai",
    serve: reply({ status: "404 Not Found", headers: ["X-Robots-Tag: noai"] }),
    outcome: "http_4xx",
  },
];

const options: FetchOptions = {
  ...deadlines,
  maxBytes,
  retries: 0,
  connectionsPerHost: 64,
  requestsPerSecondPerHost: 100_000,
  allowPrivate: ["127.0.0.1"],
  resolve: { "intranet.test": "10.0.0.1" },
  lookup: (hostname) =>
    hostname === "localhost" || hostname === "rebind.test"
      ? Promise.resolve(["127.0.0.1", "::1"])
      : Promise.reject(Object.assign(new Error("no such host"), { code: "ENOTFOUND" })),
};

let server: RawServer;
let client: FetchClient;

beforeAll(async () => {
  const byPath = new Map<string, Behaviour>();
  for (const behaviour of behaviours) byPath.set(firstSegment(pathOf(behaviour)), behaviour);
  server = await rawServer((socket, request) => {
    const behaviour = byPath.get(firstSegment(request.path));
    if (behaviour === undefined) throw new Error(`nothing to do for ${request.path}`);
    if (typeof behaviour.serve === "function") behaviour.serve(socket, request);
    else {
      const bytes =
        typeof behaviour.serve === "string" ? Buffer.from(behaviour.serve, "latin1") : behaviour.serve;
      if (behaviour.end === true) socket.end(bytes);
      else socket.write(bytes);
    }
  });
  client = plainClient(options);
});

afterAll(async () => {
  await client.close();
  // Whatever the servers did, no connection to them is left.
  for (let n = 0; n < 40 && server.open() > 0; n++) await wait(25);
  const open = server.open();
  await server.close();
  expect(open).toBe(0);
  for (let n = 0; n < 40 && handles().length > 0; n++) await wait(25);
  expect(handles()).toEqual([]);
});

/** Sockets and lookups that keep this process alive. */
function handles(): string[] {
  return process.getActiveResourcesInfo().filter((name) => /TCP|TLS|Query|GetAddr/.test(name));
}

function pathOf({ path, name }: Behaviour): string {
  return new URL(path ?? `/${encodeURIComponent(name)}`, "http://e").pathname;
}

function firstSegment(path: string): string {
  return path.split(/[/?]/)[1] ?? "";
}

// Deadlines here are fractions of a second: on a busy machine one can pass before the server has misbehaved.
describe("a hostile server", { retry: 8 }, () => {
  it("has a path of its own for every behaviour", () => {
    expect(new Set(behaviours.map((behaviour) => firstSegment(pathOf(behaviour)))).size).toBe(
      behaviours.length,
    );
  });

  it.concurrent.each(behaviours)("$name: $outcome", async ({ outcome, expected, body, ...behaviour }) => {
    const begun = performance.now();
    const result = await client.fetchImage(server.origin + pathOf(behaviour as Behaviour));
    expect(result).toMatchObject({ outcome, attempts: 1, ...expected });
    expect(performance.now() - begun).toBeLessThan(deadlines.totalMs + graceMs);
    if (outcome === "ok") {
      expect(result.detail).toBeNull();
      if (body !== undefined) expect(body.equals(result.body ?? Buffer.alloc(0))).toBe(true);
      expect(result.sha256).toBe(
        createHash("sha256")
          .update(result.body ?? "")
          .digest("hex"),
      );
    } else {
      expect(result).toMatchObject({ body: null, sha256: null });
      expect(result.detail).toMatch(/^[^\r\n]{1,300}$/);
    }
  });
});
