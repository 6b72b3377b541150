import { type FetchedRow, rowKey } from "@leyenda/core";

import type { FetchResult } from "../fetch-result.js";
import { normaliseUrl } from "../normalise-url.js";

/**
 * The row that a download comes to; the place of its body is filled in once that is written.
 *
 * @param fetchedAt when the download began, milliseconds since 1970
 */
export function fetchedRow(
  { line, url, caption, extra }: Pick<FetchedRow, "line" | "url" | "caption" | "extra">,
  result: FetchResult,
  fetchedAt: number,
): FetchedRow {
  return {
    line,
    key: rowKey(normaliseUrl(url) ?? url.trim(), caption),
    url,
    caption,
    outcome: result.outcome,
    status: result.status,
    final_url: result.finalUrl,
    content_type: result.contentType,
    robots_txt: result.robotsTxt,
    tdmrep: result.tdmrep,
    robots_tag: result.robotsTag,
    detail: result.detail,
    sha256: result.sha256,
    bytes: result.bytes,
    attempts: result.attempts,
    redirects: result.redirects,
    etag: result.etag,
    last_modified: result.lastModified,
    elapsed_ms: Math.round(result.elapsedMs),
    fetched_at: fetchedAt,
    image_file: null,
    image_offset: null,
    image_length: null,
    extra: extra ?? null,
  };
}
