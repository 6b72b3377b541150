import type { FetchedRow, PartContext } from "@leyenda/core";

/** Lines that are written at a time. */
const batch = 1_000;

/**
 * Writes the part's consent ledger, `consent.jsonl`: a line for each row of which somebody said whether it may be used. It is
 * derived from the rows alone, so that rows and ledger never disagree.
 */
export async function writeConsent(
  context: Pick<PartContext, "create">,
  rows: readonly FetchedRow[],
): Promise<void> {
  const lines = rows.flatMap((row) => {
    const entry = consentOf(row);
    return entry === null ? [] : [`${JSON.stringify(entry)}\n`];
  });
  if (lines.length === 0) return;
  const file = await context.create("consent.jsonl");
  for (let start = 0; start < lines.length; start += batch)
    await file.write([Buffer.from(lines.slice(start, start + batch).join(""))]);
}

/** What a robots.txt that is not there, or has no rule for the URL, comes to: nobody said anything. */
const silent = /^allowed: (?:no rule|no robots\.txt)/;

function consentOf(row: FetchedRow): Record<string, unknown> | null {
  const { line, key, url, final_url, outcome, robots_txt, tdmrep, robots_tag, fetched_at } = row;
  const signals = {
    ...(robots_txt === null || silent.test(robots_txt) ? {} : { "robots.txt": said(robots_txt) }),
    ...(tdmrep === null ? {} : { "tdmrep.json": said(tdmrep) }),
    ...(robots_tag === null ? {} : { headers: { said: robots_tag, at: iso(fetched_at) } }),
  };
  if (Object.keys(signals).length === 0) return null;
  const did = outcome === "ok" ? "fetched" : "left out";
  return { line, key, url, final_url, signals, did, outcome };
}

/** Takes off when it was read. */
function said(text: string): { said: string; at: string | null } {
  const match = /^(.*), read (\S+)$/s.exec(text);
  return { said: match?.[1] ?? text, at: match?.[2] ?? null };
}

function iso(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
