import { createReadStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { createGunzip } from "node:zlib";

import type { Outcome } from "@leyenda/core";

/** A row of Conceptual Captions, and what its URL answered in January 2019. */
export interface RecordedRow {
  url: string;
  caption: string;
  status: number;
  /** Sniffed then; empty when nothing came. */
  mime: string;
  /** What a download of it must come to. */
  outcome: Outcome;
}

/** Reads the recorded web out of the corpus, in the order of the Conceptual Captions validation set. */
export async function readRecordedWeb(corpus: string): Promise<RecordedRow[]> {
  const answers = new Map<string, { status: number; mime: string }>();
  const recorded = createReadStream(join(corpus, "web/cc3m-validation.http-outcomes-2019.tsv.gz")).pipe(
    createGunzip(),
  );
  for await (const line of createInterface({ input: recorded, crlfDelay: Number.POSITIVE_INFINITY })) {
    const [url = "", , status = "", mime = ""] = line.split("\t");
    answers.set(url, { status: Number(status), mime });
  }
  const list = await readFile(join(corpus, "web/cc3m-validation.caption-url.tsv"), "utf8");
  return list
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const [caption = "", url = ""] = line.split("\t");
      const answer = answers.get(url);
      if (answer === undefined) throw new Error(`nothing is recorded for ${url}`);
      return { url, caption, ...answer, outcome: outcomeOf(answer) };
    });
}

/** The recorder wrote 408 where it had given up waiting, so such a URL hangs. */
export const timedOut = 408;

function outcomeOf({ status, mime }: { status: number; mime: string }): Outcome {
  if (status === timedOut) return "timeout";
  if (status === 429) return "http_429";
  if (status >= 500) return "http_5xx";
  if (status >= 400) return "http_4xx";
  if (status === 204 || mime === "inode/x-empty") return "empty_body";
  return mime.startsWith("image/") ? "ok" : "not_an_image";
}
