import type { IncomingMessage } from "node:http";

import type { Limits } from "../limits.js";
import { Refusal } from "../refusal.js";
import type { Share } from "./intake.js";

/**
 * Reads a request's body into memory, never further than it may go.
 *
 * @param maxBytes largest body
 * @throws Refusal 413 for one that is larger, 408 for one that is too slow, 400 for one that ends early, 503 where there is
 *   no memory for it now
 */
export function readBody(
  request: IncomingMessage,
  maxBytes: number,
  { bodyMs, stallMs }: Pick<Limits, "bodyMs" | "stallMs">,
  share: Share,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const finish = (error: Error | null): void => {
      clearTimeout(total);
      clearTimeout(stall);
      request.off("data", onData).off("end", onEnd).off("close", onClose).off("error", onClose);
      // What is still to come is of no use.
      request.on("error", () => undefined);
      if (error === null) resolve(Buffer.concat(chunks, bytes));
      else {
        request.pause();
        reject(error);
      }
    };
    const late = (what: string): void => {
      finish(new Refusal(408, "too_slow", what, { hint: "send the picture over a faster connection" }));
    };
    const onData = (chunk: Buffer): void => {
      stall.refresh();
      bytes += chunk.length;
      if (bytes > maxBytes) {
        finish(tooLarge(maxBytes));
        return;
      }
      try {
        share.take(chunk.length);
      } catch (error) {
        finish(error as Error);
        return;
      }
      chunks.push(chunk);
    };
    const onEnd = (): void => {
      finish(null);
    };
    const onClose = (): void => {
      finish(new Refusal(400, "cut_off", "the body ended before its end"));
    };
    const total = setTimeout(late, bodyMs, `the body was not there within ${bodyMs / 1000} s`);
    const stall = setTimeout(late, stallMs, `nothing came for ${stallMs / 1000} s`);
    request.on("data", onData).once("end", onEnd).once("close", onClose).once("error", onClose);
  });
}

export function tooLarge(maxBytes: number): Refusal {
  return new Refusal(413, "too_large", `the body is more than ${maxBytes} bytes`, {
    hint: "make the picture smaller; the model looks at a small square of it",
  });
}
