/**
 * Whether a pattern of robots.txt fits a path: from its start, `*` for any characters, `$` at the end for the path's end.
 * Both are compared with every character percent-encoded that RFC 3986 does not keep, and no other.
 *
 * @param path with its query
 * @see https://www.rfc-editor.org/rfc/rfc9309#section-2.2.2
 */
export function matchPath(pattern: string, path: string): boolean {
  const anchored = pattern.endsWith("$");
  const [first = "", ...rest] = encodePath(anchored ? pattern.slice(0, -1) : pattern).split("*");
  const target = encodePath(path);
  if (!target.startsWith(first)) return false;
  let from = first.length;
  const last = anchored ? rest.pop() : undefined;
  if (anchored && last === undefined) return target.length === first.length;
  for (const piece of rest) {
    const at = target.indexOf(piece, from);
    if (at === -1) return false;
    from = at + piece.length;
  }
  return last === undefined || (target.endsWith(last) && target.length - last.length >= from);
}

/** One spelling for every path: unreserved characters bare, others and what is not ASCII as `%XX`, reserved ones as they came. */
export function encodePath(path: string): string {
  return path
    .replace(/%([0-9a-f]{2})/gi, (code, hex: string) => {
      const character = String.fromCharCode(parseInt(hex, 16));
      return /[a-z0-9\-._~]/i.test(character) ? character : code.toUpperCase();
    })
    .replace(/[^!-~]+/gu, (text) => encodeURIComponent(text));
}
