import { FetchFailure } from "../fetch-failure.js";
import type { OriginFile } from "../origin-files.js";
import { decidingRule } from "./deciding-rule.js";
import type { RobotsTxt } from "./parse-robots-txt.js";

/** What came of asking an origin for its robots.txt. */
export type RobotsFile = OriginFile &
  (
    | { kind: "rules"; robots: RobotsTxt }
    /** There is none, or none that can be had: everything is allowed. */
    | { kind: "none"; why: string }
    /** The server failed: everything is forbidden. */
    | { kind: "unreachable"; why: string }
    /** The origin itself cannot be reached, which is what becomes of its rows. */
    | { kind: "failed"; failure: FetchFailure }
  );

/** What a robots.txt means for one URL. */
export interface RobotsVerdict {
  allowed: boolean;
  /** Why, with the rule that decided and when it was read; for the row. */
  said: string;
}

/** @throws FetchFailure where the origin could not be reached */
export function robotsVerdict(file: RobotsFile, { pathname, search }: URL): RobotsVerdict {
  if (file.kind === "failed") throw file.failure;
  const read = `read ${new Date(file.readAt).toISOString()}`;
  if (file.kind === "none") return { allowed: true, said: `allowed: ${file.why}, ${read}` };
  if (file.kind === "unreachable") return { allowed: false, said: `disallowed: ${file.why}, ${read}` };
  const rule = decidingRule(file.robots, pathname + search);
  if (rule === null) return { allowed: true, said: `allowed: no rule, ${read}` };
  const text = `${rule.allow ? "Allow" : "Disallow"}: ${rule.path.slice(0, 200)}`;
  return {
    allowed: rule.allow,
    said: `${rule.allow ? "allowed" : "disallowed"}: line ${rule.line}, ${text}, ${read}`,
  };
}
