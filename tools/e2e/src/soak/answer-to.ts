import { createHash } from "node:crypto";

import type { Outcome } from "@leyenda/core";

/** How the soak's web answers a row, each fault with the outcome that it must come to. */
export type Answer = "picture" | "gone" | "broken" | "reset" | "cut" | "page" | "empty";

export const outcomeOf: Readonly<Record<Answer, Outcome>> = {
  picture: "ok",
  gone: "http_4xx",
  broken: "http_5xx",
  reset: "reset",
  cut: "truncated_body",
  page: "not_an_image",
  empty: "empty_body",
};

/** Of a hundred rows ten are faults. */
const shares: readonly (readonly [Answer, number])[] = [
  ["gone", 2],
  ["broken", 2],
  ["reset", 2],
  ["cut", 2],
  ["page", 1],
  ["empty", 1],
];

/** What the web answers to a row: the same in every process and run. */
export function answerTo(row: number): Answer {
  let drawn = createHash("sha256").update(`soak ${row}`).digest().readUInt32BE(0) % 100;
  for (const [answer, share] of shares) {
    if (drawn < share) return answer;
    drawn -= share;
  }
  return "picture";
}
