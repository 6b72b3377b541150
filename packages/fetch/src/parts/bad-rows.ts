import type { FetchedRow, PartContext, PartFile } from "@leyenda/core";

import type { SourceRow } from "../source/read-source-rows.js";

/** Keeps records that are no rows beside the part, as JSON lines: row, file, line, problem and the text itself. */
export class BadRows {
  readonly #context: Pick<PartContext, "create">;
  #file: Promise<PartFile> | undefined;

  constructor(context: Pick<PartContext, "create">) {
    this.#context = context;
  }

  async add({ row, file, line, problem, raw }: Extract<SourceRow, { ok: false }>): Promise<FetchedRow> {
    this.#file ??= this.#context.create("bad-rows.jsonl");
    const entry = { row, file, line, problem, text: raw.toString("utf8"), base64: raw.toString("base64") };
    await (await this.#file).write([Buffer.from(`${JSON.stringify(entry)}\n`)]);
    return {
      line: row,
      key: "",
      url: "",
      caption: "",
      outcome: "malformed_row",
      status: null,
      final_url: null,
      content_type: null,
      robots_txt: null,
      tdmrep: null,
      robots_tag: null,
      detail: problem,
      sha256: null,
      bytes: 0,
      attempts: 0,
      redirects: 0,
      etag: null,
      last_modified: null,
      elapsed_ms: 0,
      fetched_at: Date.now(),
      image_file: null,
      image_offset: null,
      image_length: null,
    };
  }
}
