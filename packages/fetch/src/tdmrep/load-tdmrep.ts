import { FetchFailure } from "../fetch-failure.js";
import type { Web } from "../follow.js";
import { loadOriginText } from "../load-origin-text.js";
import type { OriginFile } from "../origin-files.js";
import { parseTdmrep, type TdmRule } from "./parse-tdmrep.js";

const maxBytes = 1024 * 1024;

/** An origin's `tdmrep.json`; without rules where there is none that can be read. */
export interface TdmFile extends OriginFile {
  rules: readonly TdmRule[];
}

/**
 * Asks an origin for its `/.well-known/tdmrep.json`, once: a publisher who has none loses nothing by it.
 *
 * @throws the signal's reason when it aborts
 */
export async function loadTdmrep(origin: string, web: Web, signal: AbortSignal): Promise<TdmFile> {
  const once = { ...web, settings: { ...web.settings, retries: 0 } };
  const body = await loadOriginText(`${origin}/.well-known/tdmrep.json`, maxBytes, once, signal);
  const readAt = web.settings.now();
  // One request a day and origin, whatever came of it: files that are not there are the rule.
  if (body instanceof FetchFailure) return { rules: [], readAt, brief: false };
  return { rules: parseTdmrep(body.toString("utf8")), readAt, brief: false };
}
