import type { IncomingMessage } from "node:http";

import { type Answer, json } from "@leyenda/view/page";

import type { Captioned, Search } from "../queue/caption-queue.js";
import { Refusal } from "../refusal.js";
import { maxJsonBytes, readQuery, readUrlRequest } from "./caption-request.js";
import { downloadPicture } from "./download-picture.js";
import type { Share } from "./intake.js";
import { readBody, tooLarge } from "./read-body.js";
import type { Site } from "./site.js";

/** `POST /api/caption`, as it came in. */
export interface CaptionCall {
  request: IncomingMessage;
  query: URLSearchParams;
  /** Lets a client go on that asked whether it may send its body. */
  proceed: () => void;
  /** Aborted when nobody waits for the answer any more. */
  signal: AbortSignal;
}

/**
 * Captions the picture of a request. What can be said against it is said before its body is read.
 *
 * @throws Refusal 400, 408, 413, 415, 422 or 503
 */
export async function answerCaption(site: Site, call: CaptionCall): Promise<Answer> {
  const { limits, queue, intake, metrics, model, closing, now } = site;
  const isJson = kindOf(call.request.headers) === "json";
  const maxBytes = isJson ? maxJsonBytes : limits.maxBytes;
  if (Number(call.request.headers["content-length"] ?? 0) > maxBytes) throw tooLarge(maxBytes);
  const bounds = { beams: model.config.beams, limits };
  const asked = readQuery(call.query, bounds);
  if (closing.aborted) throw new Refusal(503, "closing", "the server is closing", { retryAfter: 10 });
  queue.assertRoom();
  const share = intake.open();
  try {
    call.proceed();
    const body = await readBody(call.request, maxBytes, limits, share);
    if (body.length === 0)
      throw new Refusal(400, "empty_body", "there is no picture in the body", {
        hint: 'send the bytes of a picture, or JSON with its address: { "url": "https://…" }',
      });
    const picture = isJson
      ? await fromUrl(site, call, body, share)
      : { bytes: body, search: asked, preview: false };
    share.received();
    const begun = now();
    const { bytes, search, preview } = picture;
    const captioned = await queue.caption(bytes, search, { preview, signal: call.signal });
    metrics.captioned((now() - begun) / 1000);
    return json(shown(captioned, search, model.name));
  } finally {
    share.release();
  }
}

async function fromUrl(
  { client, limits, model }: Site,
  { signal }: CaptionCall,
  body: Uint8Array,
  share: Share,
): Promise<{ bytes: Uint8Array; search: Search; preview: boolean }> {
  const { url, search, preview } = readUrlRequest(body, { beams: model.config.beams, limits });
  const deadline = AbortSignal.timeout(limits.bodyMs);
  try {
    const bytes = await downloadPicture(client, url, AbortSignal.any([signal, deadline]));
    share.take(bytes.length);
    return { bytes, search, preview };
  } catch (error) {
    if (signal.aborted) throw new Refusal(499, "gone", "nobody waits for this any more");
    if (!deadline.aborted) throw error;
    throw new Refusal(422, "timeout", `the picture could not be downloaded within ${limits.bodyMs / 1000} s`);
  }
}

/** What a body is, by its Content-Type alone; the picture's format is found in its bytes. */
function kindOf(headers: IncomingMessage["headers"]): "json" | "picture" {
  const type = headers["content-type"]?.split(";")[0]?.trim().toLowerCase() ?? "application/octet-stream";
  const encoding = headers["content-encoding"] ?? "identity";
  if (encoding !== "identity")
    throw new Refusal(415, "unsupported_encoding", `Content-Encoding is ${encoding.slice(0, 40)}`, {
      hint: "send the bytes as they are",
    });
  if (type === "application/json") return "json";
  if (type.startsWith("image/") || type === "application/octet-stream") return "picture";
  throw new Refusal(415, "unsupported_type", `Content-Type is ${type.slice(0, 100)}`, {
    hint: "send the bytes of a picture as image/… or application/octet-stream, or application/json",
  });
}

function shown({ caption, picture, batch, times }: Captioned, search: Search, model: string): object {
  const { width, height, format, preview } = picture;
  const whole = (ms: number): number => Math.round(ms * 10) / 10;
  return {
    caption: caption.text,
    score: caption.score,
    alternatives: caption.alternatives.map(({ text, score }) => ({ caption: text, score })),
    cut: caption.reachedMaxLength,
    ...(caption.words === undefined ? {} : { words: shownWords(caption.words) }),
    ...{ model, beams: search.beams },
    picture: { width, height, format },
    ms: { waited: whole(times.waited), decoded: whole(times.decoded), captioned: whole(times.captioned) },
    batch,
    ...(preview === null ? {} : { preview: Buffer.from(preview).toString("base64") }),
  };
}

/** Shares to four digits: a page draws them. */
function shownWords(words: NonNullable<Captioned["caption"]["words"]> | null): object[] | null {
  return (
    words?.map(({ text, places }) => ({ text, places: places.map((share) => Number(share.toFixed(4))) })) ??
    null
  );
}
