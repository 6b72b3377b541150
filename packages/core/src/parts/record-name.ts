/**
 * Name of a part's record. A record is never replaced: a later state of the part (some rows downloaded again) is a further
 * record, created exclusively like the first, and the highest revision is what counts.
 *
 * @param revision 0 for `part-00042.json`, n for `part-00042.rn.json`
 */
export function recordName(part: string, revision: number): string {
  return revision === 0 ? `${part}.json` : `${part}.r${revision}.json`;
}

/** What a file name in the folder of records stands for; null where it is no record's. */
export function parseRecordName(name: string): { part: string; revision: number } | null {
  const match = /^([^.]+)(?:\.r([1-9]\d*))?\.json$/.exec(name);
  return match?.[1] === undefined ? null : { part: match[1], revision: Number(match[2] ?? 0) };
}
