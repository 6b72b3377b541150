/**
 * The demo under load: clients that send good, huge, broken and hostile uploads to `leyenda serve`, all at once.
 *
 *     node tools/bench/serve/load.mjs MODEL [SECONDS 60] [CLIENTS 64]
 *
 * Prints a line for each tenth of the time, and then what was answered to each kind of upload. The exit code is 1 when the server
 * ended, answered 500, gave an answer that does not go with an upload, refused with 503 without Retry-After, let its queue grow beyond its
 * bound, or when its memory grew.
 */
import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { request as httpRequest } from "node:http";
import { createRequire } from "node:module";
import { connect } from "node:net";
import { loadavg } from "node:os";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const sharp = createRequire(new URL("../../../packages/serve/package.json", import.meta.url))("sharp");
const [model, seconds = "60", clients = "64"] = process.argv.slice(2);
if (model === undefined) {
  console.error("usage: load.mjs MODEL [SECONDS] [CLIENTS]");
  process.exit(2);
}

/** How much more memory the second half of the time may take than the first: the server at most, the decoder at least. */
const growth = 1.15;

const command = fileURLToPath(new URL("../../../packages/cli/bin/leyenda.js", import.meta.url));
const server = spawn(process.execPath, [command, "serve", "--model", model, "--port", "0"], {
  stdio: ["ignore", "pipe", "inherit"],
});
let ended = null;
process.once("exit", () => server.kill("SIGKILL"));
server.once("exit", (code, signal) => (ended = signal ?? code));
const url = new URL(
  await new Promise((resolve, reject) => {
    server.stdout.once("data", (text) => resolve(String(text).trim()));
    server.once("exit", () => reject(new Error("the server did not start")));
  }),
);

const files = await makeFiles();
const jpeg = { "content-type": "image/jpeg" };
const json = { "content-type": "application/json" };
/** Kinds of uploads: how often each comes, what does it, and the answers that go with it besides 503. */
const kinds = {
  photo: [40, () => post(files.photo, jpeg), [200]],
  "photo, greedy": [6, () => post(files.photo, jpeg, "?beams=1"), [200]],
  "photo of 12 megapixels": [3, () => post(files.camera, jpeg), [200]],
  "picture of 49 megapixels": [1, () => post(files.broad, jpeg), [200]],
  "cut off": [6, () => post(files.photo.subarray(0, files.photo.length >> 1), jpeg), [422]],
  "damaged PNG": [4, () => post(files.damaged, jpeg), [422]],
  "bomb of 400 megapixels": [4, () => post(files.bomb, jpeg), [422]],
  "15 MB": [4, () => post(files.huge, jpeg), [413]],
  "chunks without end": [2, endless, [413, "reset"]],
  "a web page": [3, () => post(files.page, jpeg), [415]],
  SVG: [2, () => post(files.svg, { "content-type": "image/svg+xml" }), [415]],
  form: [2, () => post(files.page, { "content-type": "multipart/form-data; boundary=x" }), [415]],
  "broken JSON": [2, () => post(Buffer.from('{"url":'), json), [400]],
  "URL within the network": [4, () => post(Buffer.from(privateUrl()), json), [422]],
  "impossible options": [2, () => post(files.photo, jpeg, "?beams=1e9"), [400, 413]],
  "foreign Host": [2, () => post(files.photo, { ...jpeg, host: "attacker.example" }), [403]],
  "leaves in the middle": [5, leave, ["left"]],
  "drips its body": [2, drip, [408]],
  "no HTTP": [2, () => raw(Buffer.from("\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03\r\n\r\n")), [400, "reset"]],
  "headers of 100 KB": [
    2,
    () => raw(`GET / HTTP/1.1\r\nHost: localhost\r\nX: ${"x".repeat(1e5)}\r\n\r\n`),
    [431, "reset"],
  ],
};

/** By kind, by answer: how many. */
const counts = Object.fromEntries(Object.keys(kinds).map((name) => [name, {}]));
const took = [];
let [without, wrong] = [0, []];
// The model's memory for a full batch, and the decoder's for a large picture, are there before anything is counted.
await Promise.all(Array.from({ length: 32 }, () => post(files.photo, jpeg)));
await post(files.broad, jpeg);
const warm = { rss: await rssOf(server.pid), decoder: await decoderRss() };
console.log(`warm   server ${warm.rss} MiB, decoder ${warm.decoder} MiB`);
const end = performance.now() + Number(seconds) * 1000;
const random = generator(20_211_127);
const weights = Object.entries(kinds).flatMap(([name, [weight]]) =>
  Array.from({ length: weight }, () => name),
);
const load = loadavg()[0].toFixed(1);
const running = Array.from({ length: Number(clients) }, client);
const tenths = await watch();
await Promise.all(running);

const last = await post(files.photo, jpeg);
server.kill("SIGTERM");
const asked = performance.now();
while (ended === null && performance.now() - asked < 15_000) await pause(50);
report();

async function client() {
  while (performance.now() < end && ended === null) {
    const name = weights[Math.floor(random() * weights.length)];
    const [, send, fitting] = kinds[name];
    const begun = performance.now();
    const { status, retryAfter } = await send();
    counts[name][status] = (counts[name][status] ?? 0) + 1;
    if (name === "photo" && status === 200) took.push(performance.now() - begun);
    if (status === 503 && retryAfter === undefined) without += 1;
    if (status !== 503 && !fitting.includes(status)) wrong.push(`${name}: ${status}`);
    // A hundredth of what it was asked to wait: these clients are no polite ones.
    if (status === 503) await pause(Number(retryAfter ?? 1) * 10);
  }
}

function post(body, headers, query = "") {
  return new Promise((resolve) => {
    const request = httpRequest(new URL(`/api/caption${query}`, url), {
      method: "POST",
      agent: false,
      headers: { ...headers, "content-length": body.length },
    });
    let answer = null;
    request.on("response", (response) => {
      answer = { status: response.statusCode, retryAfter: response.headers["retry-after"] };
      response.resume().on("end", () => resolve(answer));
    });
    request.on("error", () => resolve(answer ?? { status: "reset" }));
    request.end(body);
  });
}

function endless() {
  return new Promise((resolve) => {
    const request = httpRequest(new URL("/api/caption", url), {
      method: "POST",
      agent: false,
      headers: jpeg,
    });
    const more = () => {
      while (!request.destroyed && request.write(files.junk));
    };
    request.on("drain", more);
    request.on("response", ({ statusCode, headers }) => {
      request.destroy();
      resolve({ status: statusCode, retryAfter: headers["retry-after"] });
    });
    request.on("error", () => resolve({ status: "reset" }));
    more();
  });
}

/** Sends part of a photo, or all of it, and is gone before the answer. */
async function leave() {
  const socket = connect(Number(url.port), url.hostname);
  socket.on("error", () => undefined);
  socket.write(head(files.photo.length));
  socket.write(files.photo.subarray(0, Math.ceil(random() * 1.3 * files.photo.length)));
  await pause(random() * 150);
  socket.destroy();
  return { status: "left" };
}

async function drip() {
  const socket = connect(Number(url.port), url.hostname);
  const timer = setInterval(() => socket.write("."), 500);
  const answer = readStatus(socket);
  socket.write(head(1_000_000));
  return answer.finally(() => clearInterval(timer));
}

function raw(bytes) {
  const socket = connect(Number(url.port), url.hostname);
  const answer = readStatus(socket);
  socket.write(bytes);
  return answer;
}

function readStatus(socket) {
  return new Promise((resolve) => {
    let text = "";
    socket.on("data", (chunk) => (text += chunk.toString("latin1"))).on("error", () => undefined);
    socket.on("close", () => {
      const status = /^HTTP\/1\.1 (\d+)/.exec(text)?.[1];
      const retryAfter = /^retry-after: (\d+)/im.exec(text)?.[1];
      resolve({ status: status === undefined ? "reset" : Number(status), retryAfter });
    });
  });
}

function head(length) {
  return `POST /api/caption HTTP/1.1\r\nHost: localhost\r\nContent-Type: image/jpeg\r\nContent-Length: ${length}\r\n\r\n`;
}

function privateUrl() {
  const hosts = ["127.0.0.1:22", "[::1]", "169.254.169.254", "10.1.2.3", "2130706433", "[::ffff:127.0.0.1]"];
  return JSON.stringify({
    url: `http://${hosts[Math.floor(random() * hosts.length)]}/latest/meta-data/a.jpg`,
  });
}

async function makeFiles() {
  const noise = (side) => ({
    create: { width: side, height: side, channels: 3, noise: { type: "gaussian", mean: 128, sigma: 30 } },
  });
  const photo = await sharp(noise(640)).resize(640, 480).jpeg({ quality: 80 }).toBuffer();
  const plain = (width, height) => ({ create: { width, height, channels: 3, background: "#a0b0c0" } });
  const damaged = await sharp(plain(500, 400)).png().toBuffer();
  damaged.fill(0x55, 60, 90);
  return {
    photo,
    camera: await sharp(photo).resize(4000, 3000, { fit: "fill" }).jpeg({ quality: 85 }).toBuffer(),
    broad: await sharp(plain(7000, 7000)).jpeg().toBuffer(),
    damaged,
    bomb: await sharp({ ...plain(20_000, 20_000), limitInputPixels: false })
      .png()
      .toBuffer(),
    huge: Buffer.alloc(15_000_000, 0xff),
    page: Buffer.from(`<!doctype html>${"<p>not a picture".repeat(500)}`),
    svg: Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>'),
    junk: Buffer.alloc(64 << 10, 0xff),
  };
}

/** How the server is, a line for each tenth of the time. */
async function watch() {
  const found = [];
  const begun = performance.now();
  for (let tenth = 1; tenth <= 10; tenth += 1) {
    let [queue, slowest, rss, decoder, rest] = [0, 0, 0, 0, Infinity];
    const until = begun + (tenth * (end - begun)) / 10;
    while (performance.now() < until && ended === null) {
      const asked = performance.now();
      const health = await fetch(new URL("/api/health", url)).then(
        (response) => response.json(),
        () => null,
      );
      slowest = Math.max(slowest, performance.now() - asked);
      queue = Math.max(queue, health?.queue.pictures ?? 0);
      rss = Math.max(rss, await rssOf(server.pid));
      // A large picture shows while it is decoded, whenever that is; what stays shows between them.
      const now = await decoderRss();
      decoder = Math.max(decoder, now);
      rest = Math.min(rest, now);
      await pause(200);
    }
    found.push({ tenth, queue, slowest, rss, decoder, rest });
    console.log(
      `${tenth}/10  server ${rss} MiB at most, decoder ${rest} to ${decoder} MiB; queue ${queue}; slowest health answer ${Math.round(slowest)} ms`,
    );
  }
  return found;
}

async function decoderRss() {
  const children = await readFile(`/proc/${server.pid}/task/${server.pid}/children`, "utf8").catch(() => "");
  const all = await Promise.all(children.trim().split(" ").filter(Boolean).map(rssOf));
  return all.reduce((sum, rss) => sum + rss, 0);
}

async function rssOf(pid) {
  const text = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(text)?.[1] ?? 0) / 1024);
}

function report() {
  const capacity = 32;
  const total = {};
  for (const [name, answers] of Object.entries(counts)) {
    const text = Object.entries(answers).map(([status, count]) => `${status} × ${count}`);
    console.log(`${name.padEnd(26)} ${text.join(", ")}`);
    for (const [status, count] of Object.entries(answers)) total[status] = (total[status] ?? 0) + count;
  }
  took.sort((a, b) => a - b);
  const at = (part) => Math.round(took[Math.floor(took.length * part)] ?? 0);
  const peak = (half, name) => Math.max(...half.map((tenth) => tenth[name]));
  const flat = (name) => peak(tenths.slice(5), name) <= peak(tenths.slice(0, 5), name) * growth;
  const verdicts = {
    "ended by itself only when told to": ended === 0 && last.status === 200,
    "no 500": (total[500] ?? 0) === 0,
    "answers that go with what was sent": wrong.length === 0,
    "Retry-After with every 503": without === 0,
    "queue within its bound": Math.max(...tenths.map(({ queue }) => queue)) <= capacity,
    "server's memory flat": flat("rss"),
    "decoder's memory flat between large pictures": flat("rest"),
    "decoder's memory within its bound": peak(tenths, "decoder") <= 512,
  };
  console.log(
    JSON.stringify({
      total,
      photoMs: { median: at(0.5), p95: at(0.95) },
      captionsPerSecond: Math.round((10 * (total[200] ?? 0)) / Number(seconds)) / 10,
      loadBefore: load,
    }),
  );
  for (const [what, holds] of Object.entries(verdicts)) console.log(`${holds ? "yes" : "NO "}  ${what}`);
  if (wrong.length > 0) console.log([...new Set(wrong)].join("; "));
  if (Object.values(verdicts).includes(false)) process.exitCode = 1;
}

/** Numbers from 0 to 1, always the same ones. */
function generator(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
