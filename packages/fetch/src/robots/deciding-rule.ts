import { encodePath, matchPath } from "./match-path.js";
import type { RobotsRule, RobotsTxt } from "./parse-robots-txt.js";

/**
 * The rule that decides about a path: the longest that fits, and of two as long the one that allows. Null where none fits,
 * and for robots.txt itself: then the path is allowed.
 *
 * @param path with its query
 * @see https://www.rfc-editor.org/rfc/rfc9309#section-2.2.2
 */
export function decidingRule({ rules }: RobotsTxt, path: string): RobotsRule | null {
  if (path === "/robots.txt") return null;
  let best: { rule: RobotsRule; length: number } | null = null;
  for (const rule of rules) {
    const length = encodePath(rule.path).length;
    const better =
      best === null || length > best.length || (length === best.length && rule.allow && !best.rule.allow);
    if (better && matchPath(rule.path, path)) best = { rule, length };
  }
  return best?.rule ?? null;
}
