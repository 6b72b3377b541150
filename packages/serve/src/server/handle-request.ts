import type { IncomingMessage, ServerResponse } from "node:http";

import { type Answer, isAllowedHost, json, send } from "@leyenda/view/page";
import { sniffFormat } from "@leyenda/clean";

import { Refusal } from "../refusal.js";
import { answerCaption } from "./answer-caption.js";
import { describeHealth, describeSite } from "./describe-site.js";
import { preferredLanguage } from "./preferred-language.js";
import { sendEarly } from "./send-early.js";
import type { Site } from "./site.js";
import { indexPage, staticFile } from "./static-files.js";

interface Asked {
  request: IncomingMessage;
  url: URL;
  proceed: () => void;
  signal: AbortSignal;
}

interface Route {
  name: string;
  methods: readonly string[];
  answer: (site: Site, asked: Asked) => Promise<Answer> | Answer;
}

const reading = ["GET", "HEAD"];
const samplePath = /^\/samples\/(\d{1,4})$/;

/**
 * Answers one request, whatever it is; nothing that anybody sends ends the server.
 *
 * @param expectsContinue the client asks whether it may send its body
 */
export async function handleRequest(
  site: Site,
  request: IncomingMessage,
  response: ServerResponse,
  expectsContinue: boolean,
): Promise<void> {
  const gone = new AbortController();
  response.once("close", () => {
    gone.abort();
  });
  let route: Route | null = null;
  let answer: Answer;
  try {
    const url = guard(site, request);
    route = findRoute(url.pathname);
    if (!route.methods.includes(request.method ?? ""))
      throw new Refusal(405, "bad_method", `expected ${route.methods.join(" or ")}`);
    const proceed = (): void => {
      if (expectsContinue) response.writeContinue();
    };
    answer = await route.answer(site, { request, url, proceed, signal: gone.signal });
  } catch (error) {
    answer = answerOf(site, error);
    if (route?.name === "caption") site.metrics.refused(error instanceof Refusal ? error.code : "internal");
  }
  site.metrics.answered(route?.name ?? "none", gone.signal.aborted ? 499 : answer.status);
  if (gone.signal.aborted) return;
  if (site.closing.aborted) answer = { ...answer, headers: { ...answer.headers, connection: "close" } };
  // Who waits for a word before sending a body sends none after this answer.
  if (request.complete || hasNoBody(request)) send(response, answer, request.method !== "HEAD");
  else await sendEarly(request, response, answer);
}

/** What every request must be, before anything is done for it. */
function guard({ host }: Site, { headers, url = "" }: IncomingMessage): URL {
  if (!isAllowedHost(headers.host, host))
    throw new Refusal(403, "bad_host", "this server is not called that: open it by its address");
  const { origin } = headers;
  const isForeign =
    origin !== undefined && origin.toLowerCase() !== `http://${headers.host ?? ""}`.toLowerCase();
  const isCrossSite = headers["sec-fetch-site"] === "cross-site" && headers["sec-fetch-mode"] !== "navigate";
  if (isForeign || isCrossSite) throw new Refusal(403, "foreign_site", "other sites may not use this");
  if (!url.startsWith("/") || !URL.canParse(url, "http://serve"))
    throw new Refusal(400, "bad_path", "this is no path");
  return new URL(url, "http://serve");
}

function findRoute(path: string): Route {
  const found = routes[path];
  if (found !== undefined && Object.hasOwn(routes, path)) return found;
  return samplePath.test(path) ? samples : files;
}

const routes: Readonly<Record<string, Route>> = {
  "/": {
    name: "page",
    methods: reading,
    answer: (_, { request }) => indexPage(preferredLanguage(request.headers["accept-language"])),
  },
  "/api/caption": {
    name: "caption",
    methods: ["POST"],
    answer: (site, { url, ...call }) => answerCaption(site, { ...call, query: url.searchParams }),
  },
  "/api/info": { name: "info", methods: reading, answer: (site) => json(describeSite(site)) },
  "/api/health": {
    name: "health",
    methods: reading,
    answer: (site) => json(describeHealth(site), site.closing.aborted ? 503 : 200),
  },
  "/metrics": {
    name: "metrics",
    methods: reading,
    answer: async ({ metrics }) => ({ status: 200, type: metrics.contentType, body: await metrics.text() }),
  },
};

const samples: Route = {
  name: "sample",
  methods: reading,
  answer: (site, { url }) => {
    const sample = site.samples[Number(samplePath.exec(url.pathname)?.[1])];
    const format = sample === undefined ? null : sniffFormat(sample.picture);
    // Nothing that a browser might run.
    if (sample === undefined || format === null || format === "svg" || format === "pdf")
      throw new Refusal(404, "not_found", "there is no such sample");
    return { status: 200, type: `image/${format}`, body: sample.picture };
  },
};

const files: Route = {
  name: "file",
  methods: reading,
  answer: async (_, { url }) => {
    const file = await staticFile(url.pathname);
    if (file === null) throw new Refusal(404, "not_found", "there is nothing here");
    return file;
  },
};

function answerOf(site: Site, error: unknown): Answer {
  if (error instanceof Refusal) {
    const { status, code, message, hint = null, retryAfter } = error;
    const answer = json({ error: { code, message, hint } }, status);
    return retryAfter === undefined ? answer : { ...answer, headers: { "retry-after": String(retryAfter) } };
  }
  site.onFault(error);
  return json({ error: { code: "internal", message: "this is a fault of the server's", hint: null } }, 500);
}

function hasNoBody({ headers }: IncomingMessage): boolean {
  return headers["transfer-encoding"] === undefined && Number(headers["content-length"] ?? 0) === 0;
}
