import { FetchFailure } from "../fetch-failure.js";
import type { Web } from "../follow.js";
import type { Turn } from "../hosts/turn.js";
import { robotsVerdict } from "./robots-verdict.js";

/**
 * What robots.txt says of a URL, for the row.
 *
 * @throws FetchFailure `robots` where it forbids the URL and is obeyed; or how asking for it failed
 */
export async function checkRobots(
  url: URL,
  { robots, turns, settings }: Web,
  turn: Turn,
  signal: AbortSignal,
  note: (said: string) => void,
): Promise<void> {
  if (settings.robots === "ignore") return;
  const file = await robots.of(url, { turns, turn, signal });
  if (file.kind === "failed" && settings.robots === "record") {
    note(`unknown: ${file.failure.message}`);
    return;
  }
  const { allowed, said } = robotsVerdict(file, url);
  note(said);
  if (!allowed && settings.robots === "obey") throw new FetchFailure("robots", `robots.txt: ${said}`);
}
