/** A line of robots.txt that allows or forbids paths. */
export interface RobotsRule {
  allow: boolean;
  /** As it stands in the file. */
  path: string;
  /** From 1. */
  line: number;
}

/** What a robots.txt says to one crawler. */
export interface RobotsTxt {
  rules: readonly RobotsRule[];
}

/**
 * Reads the rules of a robots.txt that are for one crawler: those of every group that names its product token, or, where
 * none does, of the groups for `*`. Lines that are neither `user-agent`, `allow` nor `disallow` are passed over and end no group.
 *
 * @param token the product token, such as `leyenda`; case does not matter
 * @see https://www.rfc-editor.org/rfc/rfc9309#section-2.2
 */
export function parseRobotsTxt(text: string, token: string): RobotsTxt {
  const ours: RobotsRule[] = [];
  const everyones: RobotsRule[] = [];
  let named = false;
  let inOurs = false;
  let inEveryones = false;
  let naming = false;
  for (const [index, raw] of text
    .replace(/^\ufeff/, "")
    .split(/\r\n|\n|\r/)
    .entries()) {
    const content = raw.split("#", 1)[0] ?? "";
    const colon = content.indexOf(":");
    if (colon === -1) continue;
    const key = content.slice(0, colon).trim().toLowerCase();
    const value = content.slice(colon + 1).trim();
    if (key === "user-agent") {
      if (!naming) inOurs = inEveryones = false;
      naming = true;
      // A version or comment behind the token is not part of it.
      const agent = /^[a-z_-]+/i.exec(value)?.[0].toLowerCase();
      if (value === "*" || /^\*\s/.test(value)) inEveryones = true;
      else if (agent === token.toLowerCase()) inOurs = named = true;
    } else if (key === "allow" || key === "disallow") {
      naming = false;
      // An empty path is no rule: "Disallow:" forbids nothing.
      if (value === "") continue;
      const rule = { allow: key === "allow", path: value, line: index + 1 };
      if (inOurs) ours.push(rule);
      if (inEveryones) everyones.push(rule);
    }
  }
  return { rules: named ? ours : everyones };
}
