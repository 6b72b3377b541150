import { FetchFailure } from "../fetch-failure.js";
import type { Web } from "../follow.js";
import type { Turn } from "../hosts/turn.js";
import { matchPath } from "../robots/match-path.js";

/**
 * What `tdmrep.json` says of a picture that has come: the first rule that fits decides.
 *
 * @throws FetchFailure `opted_out` where it reserves the picture and is obeyed
 * @see https://www.w3.org/community/reports/tdmrep/CG-FINAL-tdmrep-20240510/
 */
export async function checkTdmrep(
  url: URL,
  { tdmrep, turns, settings }: Web,
  turn: Turn,
  signal: AbortSignal,
  note: (said: string) => void,
): Promise<void> {
  if (settings.tdmrep === "ignore") return;
  const { rules, readAt } = await tdmrep.of(url, { turns, turn, signal });
  const rule = rules.find(({ location }) => matchPath(location, url.pathname + url.search));
  if (rule === undefined) return;
  const policy = rule.policy === null ? "" : `, tdm-policy: ${rule.policy.slice(0, 500)}`;
  const verdict = rule.reserved ? "reserved" : "not reserved";
  const said = `${verdict}: location ${rule.location.slice(0, 200)}${policy}`;
  note(`${said}, read ${new Date(readAt).toISOString()}`);
  if (rule.reserved && settings.tdmrep === "obey")
    throw new FetchFailure("opted_out", `tdmrep.json: ${said}`);
}
