/** The decoder's process: one picture after the other, until its parent is gone. What a decoder does to it harms nobody else. */
import "@leyenda/core/libvips-threads";

import sharp from "sharp";

import { Refusal } from "../refusal.js";
import type { FromDecoder, Prepared, ToDecoder } from "./messages.js";
import { preparePicture } from "./prepare-picture.js";

// No two pictures are the same: a cache would only hold memory.
sharp.cache(false);

// Terminals and service managers signal all processes; only the parent decides what it means.
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => undefined);
process.on("disconnect", () => process.exit(0));
process.on("message", (message: ToDecoder) => {
  void answer(message).then((answered) => {
    const reply: FromDecoder = { ...answered, rss: process.memoryUsage.rss() };
    process.send?.(reply);
    if ("prepared" in answered) forgetLarge(answered.prepared);
  });
});

/** Pixels of a large picture are given back before the next one, and not when the collector comes round to it. */
function forgetLarge({ width, height }: Prepared): void {
  if (width * height > 4_000_000) setImmediate(() => globalThis.gc?.());
}

type Answered = FromDecoder extends infer Reply
  ? Reply extends unknown
    ? Omit<Reply, "rss">
    : never
  : never;

async function answer(message: ToDecoder): Promise<Answered> {
  try {
    return { prepared: await preparePicture(message) };
  } catch (error) {
    if (!(error instanceof Refusal)) return { fault: (error as Error).stack ?? String(error) };
    const { status, code, message: text, hint } = error;
    return { refused: { status, code, message: text, hint } };
  }
}
