import type { CaptionEvaluation } from "@leyenda/eval";

import type { Io } from "../io.js";

/** Says an evaluation on standard output: a table for people, or with `--json` one line. */
export async function reportEvaluation(
  evaluation: CaptionEvaluation,
  { json = false, out }: { json?: boolean; out?: string },
  io: Io,
): Promise<void> {
  const { renderScoreTable } = await import("@leyenda/eval");
  io.out(json ? `${JSON.stringify(evaluation)}\n` : renderScoreTable(evaluation));
  if (out !== undefined) io.err(`leyenda: ${out}: metrics.json, index.html, tensorboard/\n`);
}
