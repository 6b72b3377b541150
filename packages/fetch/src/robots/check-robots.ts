import { FetchFailure } from "../fetch-failure.js";
import type { Web } from "../follow.js";
import type { Turn } from "../hosts/turn.js";
import { robotsVerdict } from "./robots-verdict.js";

/**
 * What robots.txt says of a URL. While it is being asked for, the turn holds nothing and no new row of the host begins.
 *
 * @returns for the row; null where robots.txt is ignored
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
  let file = robots.get(url.origin);
  if (file instanceof Promise) {
    const release = turns.hold(url.hostname);
    try {
      turn.rest();
      file = await abortable(file, signal);
    } finally {
      release();
    }
  }
  if (file.kind === "failed" && settings.robots === "record") {
    note(`unknown: ${file.failure.message}`);
    return;
  }
  const { allowed, said } = robotsVerdict(file, url);
  note(said);
  if (!allowed && settings.robots === "obey") throw new FetchFailure("robots", `robots.txt: ${said}`);
}

function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      reject(signal.reason as Error);
    };
    if (signal.aborted) {
      abort();
      return;
    }
    signal.addEventListener("abort", abort, { once: true });
    promise.then(resolve, reject).finally(() => {
      signal.removeEventListener("abort", abort);
    });
  });
}
