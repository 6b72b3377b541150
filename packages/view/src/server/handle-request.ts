import type { IncomingMessage, ServerResponse } from "node:http";

import { LeyendaError } from "@leyenda/core";
import { z } from "zod";

import { type Answer, failure, send } from "./answer.js";
import { answerPath, type Viewed } from "./answer-path.js";
import { isAllowedHost } from "./is-allowed-host.js";

/** Answers one request, whatever it is; nothing that a browser sends ends the viewer. */
export async function handleRequest(
  viewed: Viewed,
  host: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const gone = new AbortController();
  response.once("close", () => {
    gone.abort();
  });
  const answer = await answerRequest(viewed, host, request, gone.signal);
  if (!gone.signal.aborted) send(response, answer, request.method !== "HEAD");
}

async function answerRequest(
  viewed: Viewed,
  host: string,
  { method, url = "", headers }: IncomingMessage,
  signal: AbortSignal,
): Promise<Answer> {
  if (!isAllowedHost(headers.host, host))
    return failure(403, "this viewer is not called that: open it by its address");
  if (headers["sec-fetch-site"] === "cross-site" && headers["sec-fetch-mode"] !== "navigate")
    return failure(403, "other sites may not look in here");
  if (method !== "GET" && method !== "HEAD") return failure(405, "there is nothing to change here");
  if (!url.startsWith("/") || !URL.canParse(url, "http://viewer")) return failure(400, "this is no path");
  try {
    return await answerPath(viewed, new URL(url, "http://viewer"), signal);
  } catch (error) {
    if (error instanceof z.ZodError) return failure(400, z.prettifyError(error));
    if (signal.aborted) return failure(499, "nobody waits for this any more");
    if (error instanceof LeyendaError)
      return failure(
        500,
        [error.message, error.where, error.hint].filter((line) => line !== undefined).join("; "),
      );
    return failure(500, `this is a bug, please report it: ${(error as Error).message}`);
  }
}
