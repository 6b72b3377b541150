import type { Pixels } from "@leyenda/core";

/**
 * Gives back, in place, what libjpeg's fast inverse transform (the only one that the binding offers) loses by rounding down
 * where it should round: half a level each of luma and chroma, which is a level of red and of blue, and nothing of green. Levels
 * at either end were cut off there, and may be right.
 */
export function restoreRounding({ data }: Pixels): void {
  for (let at = 0; at < data.length; at += 3) {
    data[at] = raised[data[at] ?? 0] ?? 0;
    data[at + 2] = raised[data[at + 2] ?? 0] ?? 0;
  }
}

const raised = Uint8Array.from({ length: 256 }, (_, level) => (level === 0 ? 0 : Math.min(255, level + 1)));
